# TorchScript kernels of a decoder: one call per layer in training, one per token in generation.
# Axes: B rows, T positions, S cached positions, H hidden, N heads, K key/value heads, D head width,
# V vocabulary, R adapter rank. Activations are in the compute dtype; borders are float32.
# A layer's weights come as one list of 20 tensors (absent ones are empty), made by `fuse`, `fuse_bias`, `join_lora`:
#   0 norm1.w  1 norm1.b  2 qkv.w  3 qkv.b  4 qkv.A  5 qkv.B  6 out.w  7 out.b  8 out.A  9 out.B
#  10 norm2.w 11 norm2.b 12 up.w  13 up.b  14 up.A  15 up.B  16 down.w 17 down.b 18 down.A 19 down.B
class Kernels(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  heads : int
  kv_heads : int
  head_dim : int
  rotary_dims : int
  rms : bool
  epsilon : float
  gated : bool
  activation : str
  dtype : int

  def norm(self: __torch__.Kernels, x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    if self.rms:
      return torch.rms_norm(x, [x.size(-1)], w, self.epsilon)
    return torch.layer_norm(x, [x.size(-1)], w, b, self.epsilon)

  # y = x W^T + b, then + B A dropout(x): the adapter is added in place, in one pass over y.
  def linear(self: __torch__.Kernels, x: Tensor, w: Tensor, b: Tensor, la: Tensor, lb: Tensor, dropout: float) -> Tensor:
    bias : Optional[Tensor] = None
    if b.numel() > 0:
      bias = b
    y = torch.linear(x, w, bias)
    if la.size(0) > 0:
      d = x
      if dropout > 0.:
        d = torch.dropout(x, dropout, True)
      y = y.view([-1, w.size(0)]).addmm_(torch.linear(d.reshape([-1, w.size(1)]), la), lb.t()).view(y.size())
    return y

  # Rotates the first rotary_dims of each head (x: B T N D; cos, sin: B|1 T 1 D/2), halves as in Llama. Views that
  # cover all of x (unbind, split, chunk) have one-pass gradients; slices would each fill an array with zeros.
  def rotate(self: __torch__.Kernels, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    if self.rotary_dims < x.size(-1):
      parts = torch.split_with_sizes(x, [self.rotary_dims, x.size(-1) - self.rotary_dims], -1)
      return torch.cat([self.rotate_all(parts[0], cos, sin), parts[1]], -1)
    return self.rotate_all(x, cos, sin)

  def rotate_all(self: __torch__.Kernels, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    halves = torch.unbind(torch.unflatten(x, -1, [2, x.size(-1) // 2]), -2)
    a = halves[0]
    b = halves[1]
    return torch.flatten(torch.stack([torch.addcmul(a * cos, b, sin, value=-1), torch.addcmul(b * cos, a, sin)], -2), -2)

  def activate(self: __torch__.Kernels, x: Tensor) -> Tensor:
    if self.activation == "silu":
      return torch.silu(x)
    if self.activation == "gelu_new":
      return torch.gelu(x, approximate="tanh")
    if self.activation == "relu":
      return torch.relu(x)
    return torch.gelu(x)

  def qkv(self: __torch__.Kernels, x: Tensor, cos: Tensor, sin: Tensor, w: List[Tensor], dropout: float) -> Tuple[Tensor, Tensor, Tensor]:
    n = self.heads
    k = self.kv_heads
    h = self.norm(x, w[0], w[1])
    y = self.linear(h, w[2], w[3], w[4], w[5], dropout).view([x.size(0), x.size(1), n + 2 * k, self.head_dim])
    if self.rotary_dims == 0:
      parts = torch.split_with_sizes(y, [n, k, k], 2)
      return (parts[0].transpose(1, 2), parts[1].transpose(1, 2), parts[2].transpose(1, 2))
    turned = torch.split_with_sizes(y, [n + k, k], 2)
    qk = torch.split_with_sizes(self.rotate(turned[0], cos, sin), [n, k], 2)
    return (qk[0].transpose(1, 2), qk[1].transpose(1, 2), turned[1].transpose(1, 2))

  # Attention of q (B N T D) over k, v (B K S D); an empty mask means causal over the last T of S = T.
  def attend(self: __torch__.Kernels, q: Tensor, k: Tensor, v: Tensor, mask: Tensor) -> Tensor:
    b = q.size(0)
    t = q.size(2)
    repeat = self.heads // self.kv_heads
    if t == 1:
      # Grouped queries side by side: keys are not repeated.
      g = q.reshape([b, self.kv_heads, repeat, self.head_dim])
      if mask.numel() > 0:
        return torch.scaled_dot_product_attention(g, k, v, mask).reshape([b, 1, self.heads * self.head_dim])
      return torch.scaled_dot_product_attention(g, k, v).reshape([b, 1, self.heads * self.head_dim])
    if repeat > 1:
      k = k.unsqueeze(2).expand([b, self.kv_heads, repeat, k.size(2), self.head_dim]).reshape([b, self.heads, k.size(2), self.head_dim])
      v = v.unsqueeze(2).expand([b, self.kv_heads, repeat, v.size(2), self.head_dim]).reshape([b, self.heads, v.size(2), self.head_dim])
    if mask.numel() > 0:
      o = torch.scaled_dot_product_attention(q, k, v, mask)
    elif self.dtype == 15 and t <= 256 and not q.is_cuda:
      o = self.attend_short(q, k, v)
    else:
      o = torch.scaled_dot_product_attention(q, k, v, None, 0., True)
    return o.transpose(1, 2).reshape([b, t, self.heads * self.head_dim])

  # Causal attention as plain products: in bfloat16 on a CPU 2 to 4 times faster than the fused kernel's gradient.
  def attend_short(self: __torch__.Kernels, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    t = q.size(2)
    future = torch.full([t, t], float("-inf"), dtype=q.dtype, device=q.device).triu(1)
    flat = [-1, t, self.head_dim]
    scores = torch.baddbmm(future, q.reshape(flat), k.reshape(flat).transpose(1, 2), alpha=self.head_dim ** -0.5)
    return torch.bmm(torch.softmax(scores, -1), v.reshape(flat)).view(q.size())

  def feed_forward(self: __torch__.Kernels, x: Tensor, w: List[Tensor], dropout: float) -> Tensor:
    h = self.norm(x, w[10], w[11])
    y = self.linear(h, w[12], w[13], w[14], w[15], dropout)
    if self.gated:
      halves = torch.chunk(y, 2, -1)
      z = self.activate(halves[0]) * halves[1]
    else:
      z = self.activate(y)
    return x + self.linear(z, w[16], w[17], w[18], w[19], dropout)

  # One layer over right-padded rows; x: B T H.
  def layer(self: __torch__.Kernels, x: Tensor, cos: Tensor, sin: Tensor, w: List[Tensor], dropout: float) -> Tensor:
    q, k, v = self.qkv(x, cos, sin, w, dropout)
    o = self.attend(q, k, v, torch.empty([0]))
    return self.feed_forward(x + self.linear(o, w[6], w[7], w[8], w[9], dropout), w, dropout)

  # The last layer, whose results are wanted at flat positions only: N H. Past the attention it runs on these alone.
  def last_layer(self: __torch__.Kernels, x: Tensor, cos: Tensor, sin: Tensor, w: List[Tensor], dropout: float, index: Tensor) -> Tensor:
    q, k, v = self.qkv(x, cos, sin, w, dropout)
    o = self.rows(self.attend(q, k, v, torch.empty([0])), index)
    return self.feed_forward(self.rows(x, index) + self.linear(o, w[6], w[7], w[8], w[9], dropout), w, dropout)

  # ids: B T; positions: 1|B T; the position table is empty for rotary families. Whatever the graph keeps is
  # cloned: an array made from Java memory is only as long-lived as its Java object.
  def embed(self: __torch__.Kernels, ids: Tensor, positions: Tensor, table: Tensor, position_table: Tensor) -> Tensor:
    x = torch.embedding(table, ids.clone())
    if position_table.numel() > 0:
      x = x + torch.embedding(position_table, positions.clone())
    return x.to(self.dtype)

  def rope(self: __torch__.Kernels, positions: Tensor, cos: Tensor, sin: Tensor) -> Tuple[Tensor, Tensor]:
    if cos.numel() == 0:
      return (cos, sin)
    return (torch.embedding(cos, positions).unsqueeze(2), torch.embedding(sin, positions).unsqueeze(2))

  # One step of generation through all layers: writes keys and values at columns p … p+T of the caches
  # (two per layer, B K S D) and gives the logits after the last position, float32 (B, V).
  def decode(self: __torch__.Kernels, ids: Tensor, positions: Tensor, p: int, mask: Tensor, table: Tensor, position_table: Tensor, cos_table: Tensor, sin_table: Tensor, final: List[Tensor], w: List[Tensor], caches: List[Tensor]) -> Tensor:
    x = self.embed(ids, positions, table, position_table)
    cos, sin = self.rope(positions, cos_table, sin_table)
    end = p + ids.size(1)
    for i in range(len(caches) // 2):
      l = w[20 * i:20 * i + 20]
      q, k, v = self.qkv(x, cos, sin, l, 0.)
      caches[2 * i][:, :, p:end].copy_(k)
      caches[2 * i + 1][:, :, p:end].copy_(v)
      if i + 1 == len(caches) // 2 and ids.size(1) > 1:
        # Past the last layer's keys and values only the last position matters.
        x = x[:, -1:]
        q = q[:, :, -1:]
        if mask.numel() > 0:
          mask = mask[:, :, -1:]
      o = self.attend(q, caches[2 * i][:, :, 0:end], caches[2 * i + 1][:, :, 0:end], mask)
      x = self.feed_forward(x + self.linear(o, l[6], l[7], l[8], l[9], 0.), l, 0.)
    x = self.norm(x[:, -1], final[0], final[1])
    return torch.linear(x, final[2]).to(6)

  # Keeps the cache rows of the replies that go on.
  def keep_rows(self: __torch__.Kernels, caches: List[Tensor], rows: Tensor) -> List[Tensor]:
    out : List[Tensor] = []
    for c in caches:
      out.append(c.index_select(0, rows))
    return out

  def new_caches(self: __torch__.Kernels, layers: int, rows: int, length: int, like: Tensor) -> List[Tensor]:
    out : List[Tensor] = []
    for i in range(2 * layers):
      out.append(torch.zeros([rows, self.kv_heads, length, self.head_dim], dtype=self.dtype, device=like.device))
    return out

  # Attention mask of left-padded prompts: causal, from each row's first real column; a padding query sees itself.
  def prompt_mask(self: __torch__.Kernels, starts: Tensor, t: int) -> Tensor:
    column = torch.arange(t, device=starts.device)
    causal = column.unsqueeze(0) <= column.unsqueeze(1)
    real = column.unsqueeze(0) >= starts.unsqueeze(1)
    eye = column.unsqueeze(0) == column.unsqueeze(1)
    return (causal.unsqueeze(0) & real.unsqueeze(1) | eye.unsqueeze(0)).unsqueeze(1)

  def step_mask(self: __torch__.Kernels, starts: Tensor, s: int) -> Tensor:
    return (torch.arange(s, device=starts.device).unsqueeze(0) >= starts.unsqueeze(1)).unsqueeze(1).unsqueeze(1)

  # Weights of one linear site in the compute dtype, (out, in): parts stacked by rows.
  def fuse(self: __torch__.Kernels, parts: List[Tensor], transposed: bool) -> Tensor:
    if len(parts) == 0:
      return torch.empty([0])
    rows : List[Tensor] = []
    for part in parts:
      if transposed and part.dim() == 2:
        rows.append(part.t())
      else:
        rows.append(part)
    if len(rows) == 1:
      return rows[0].to(self.dtype).contiguous()
    return torch.cat(rows, 0).to(self.dtype)

  # Rows of a joined weight (or bias) in the stored orientation.
  def row_slice(self: __torch__.Kernels, w: Tensor, start: int, end: int, transposed: bool) -> Tensor:
    part = w[start:end]
    if transposed and part.dim() == 2:
      return part.t().contiguous()
    return part.contiguous()

  # Adapters of one site: modules in row order, `active` adapters each; absent ones have rank 0.
  # A: (sum of ranks, in); B: (out, sum of ranks), block-diagonal over modules, scales included.
  def join_lora(self: __torch__.Kernels, down: List[Tensor], up: List[Tensor], scales: List[float], active: int) -> Tuple[Tensor, Tensor]:
    blocks : List[Tensor] = []
    for m in range(len(up) // active):
      columns : List[Tensor] = []
      for i in range(active):
        j = m * active + i
        columns.append(up[j] * scales[j])
      blocks.append(torch.cat(columns, 1))
    return (torch.cat(down, 0).to(self.dtype), torch.block_diag(blocks).to(self.dtype))

  # W + B A in float32, then back.
  def merge(self: __torch__.Kernels, w: Tensor, la: Tensor, lb: Tensor) -> Tensor:
    return torch.addmm(w.to(6), lb.to(6), la.to(6)).to(w.dtype)

  # W + scale B A in float32, in the stored orientation.
  def merge_stored(self: __torch__.Kernels, w: Tensor, down: Tensor, up: Tensor, scale: float, transposed: bool) -> Tensor:
    delta = torch.matmul(up, down) * scale
    if transposed:
      delta = delta.t()
    return w.to(6) + delta

  def final_norm(self: __torch__.Kernels, x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return self.norm(x, w, b)

  # rows of x (B T H) at flat indices: (N, H)
  def rows(self: __torch__.Kernels, x: Tensor, index: Tensor) -> Tensor:
    return x.reshape([-1, x.size(-1)]).index_select(0, index.clone())

  def logits(self: __torch__.Kernels, h: Tensor, head: Tensor) -> Tensor:
    return torch.linear(h, head.to(h.dtype)).to(6)

  # Scores of a scalar (or class) head on rows h (N, H): float32 (N, labels).
  def scores(self: __torch__.Kernels, h: Tensor, head: Tensor) -> Tensor:
    return torch.linear(h, head.to(h.dtype)).to(6)

  # log softmax(logits / temperature)[target] (N) and, without a graph, entropy (N); chunks bound the memory.
  def log_probs(self: __torch__.Kernels, h: Tensor, head: Tensor, targets: Tensor, temperature: float, chunk: int) -> Tuple[Tensor, Tensor]:
    e = head.to(h.dtype)
    targets = targets.clone()
    picked : List[Tensor] = []
    entropies : List[Tensor] = []
    start = 0
    while start < h.size(0):
      z = torch.linear(h[start:start + chunk], e).to(6)
      if temperature != 1.:
        z = z / temperature
      ls = torch.log_softmax(z, -1)
      picked.append(ls.gather(1, targets[start:start + chunk].unsqueeze(1)).squeeze(1))
      d = ls.detach()
      entropies.append(-(d.exp() * d).sum(-1))
      start = start + chunk
    if len(picked) == 0:
      return (torch.zeros([0]), torch.zeros([0]))
    return (torch.cat(picked), torch.cat(entropies))

  # Weighted negative log-likelihood, its gradient formed on the way: sum_i weight_i * -log p(target_i).
  # Gives the loss (), the plain token losses (N), top-1 hits (N), d loss / d h (N, H) and, if asked, d loss / d head (V, H) float32.
  def nll(self: __torch__.Kernels, h: Tensor, head: Tensor, targets: Tensor, weights: Tensor, head_grad: bool, chunk: int) -> Tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
    e = head.to(h.dtype)
    grad = torch.empty_like(h)
    losses = torch.empty_like(weights)
    hits = torch.empty_like(weights)
    dhead = torch.empty([0])
    if head_grad:
      dhead = torch.zeros_like(head, dtype=6)
    start = 0
    while start < h.size(0):
      end = min(start + chunk, h.size(0))
      hc = h[start:end]
      y = targets[start:end].unsqueeze(1)
      z = torch.linear(hc, e).to(6)
      hits[start:end].copy_((z.argmax(-1) == y.squeeze(1)).to(6))
      ls = torch.log_softmax(z, -1)
      losses[start:end].copy_(-ls.gather(1, y).squeeze(1))
      p = ls.exp_()
      p.scatter_add_(1, y, torch.full_like(y, -1, dtype=6))
      p.mul_(weights[start:end].unsqueeze(1))
      pc = p.to(h.dtype)
      grad[start:end].copy_(torch.matmul(pc, e))
      if head_grad:
        dhead.add_(torch.matmul(pc.t(), hc).to(6))
      start = end
    return ((losses * weights).sum(), losses, hits, grad, dhead)

  # d (sum of outputs * output_grads) / d parameter for each parameter, zeros where it has no part.
  def gradients(self: __torch__.Kernels, outputs: List[Tensor], output_grads: List[Tensor], parameters: List[Tensor]) -> List[Tensor]:
    seeds : List[Optional[Tensor]] = []
    for g in output_grads:
      seeds.append(g)
    found = torch.grad(outputs, parameters, seeds, None, False, True)
    out : List[Tensor] = []
    for i in range(len(parameters)):
      g = found[i]
      if g is None:
        out.append(torch.zeros_like(parameters[i]))
      else:
        out.append(g.to(6))
    return out
