# TorchScript kernels of a decoder: one call per layer in training, one per token in generation.
# Axes: B rows, T positions, S cached positions, H hidden, N heads, K key/value heads, D head width,
# V vocabulary, R adapter rank. Activations are in the compute dtype; borders are float32.
# A layer's weights come as one list of `slots` tensors (absent ones are empty), made by `fuse`, `fuse_bias`, `join_lora`:
#   0 norm1.w  1 norm1.b  2 qkv.w  3 qkv.b  4 qkv.A  5 qkv.B  6 out.w  7 out.b  8 out.A  9 out.B
#  10 norm2.w 11 norm2.b 12 up.w  13 up.b  14 up.A  15 up.B  16 down.w 17 down.b 18 down.A 19 down.B
# and, in families that have them:
#  20 q_norm.w 21 k_norm.w 22 norm after attention.w 23 norm after MLP.w 24 router.w 25 experts' gate and up (E 2I H) 26 experts' down (E H I)
# and, from `slots` on, where an adapter or a quantised base asks for it; four each are for qkv, out, up, down:
#  0-3 factors on outputs, bias left out (out)  4-7 factors on inputs (in)
#  8-12 bottleneck after attention: down.w down.b up.w up.b activation (0 relu, 1 gelu, 2 silu, 3 tanh)  13-17 the same
#  after the MLP  18 prefix keys (K P D) 19 values  20-67 packed weights: per site three parts by rows, per part four
#  arrays as in quantization.py; the site's own place then holds (out 0)  68 and 69 the tables pairs and dynamic  70 block
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
  slots : int
  placement : str
  around_one : bool
  qk_norm : bool
  interleaved : bool
  grouped : bool
  causal : bool
  softcap : float
  experts_per_token : int
  embedding_scale : float
  logit_softcap : float
  normalized_head : bool

  def norm(self: __torch__.Kernels, x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    if self.rms:
      if self.around_one:
        # Weights are stored as differences from one, which bfloat16 would round away.
        return torch.rms_norm(x.to(6), [x.size(-1)], w.to(6) + 1., self.epsilon).to(x.dtype)
      return torch.rms_norm(x, [x.size(-1)], w, self.epsilon)
    return torch.layer_norm(x, [x.size(-1)], w, b, self.epsilon)

  # y = x W^T + b of the site at w[s], then + B A dropout(x): the adapter is added in place, in one pass over y.
  def linear(self: __torch__.Kernels, x: Tensor, w: List[Tensor], s: int, dropout: float) -> Tensor:
    if len(w) > self.slots:
      return self.tuned_linear(x, w, s, dropout)
    bias : Optional[Tensor] = None
    if w[s + 1].numel() > 0:
      bias = w[s + 1]
    return self.add_lora(torch.linear(x, w[s], bias), x, w[s + 2], w[s + 3], dropout)

  def add_lora(self: __torch__.Kernels, y: Tensor, x: Tensor, la: Tensor, lb: Tensor, dropout: float) -> Tensor:
    if la.size(0) == 0:
      return y
    d = x
    if dropout > 0.:
      d = torch.dropout(x, dropout, True)
    if la.dim() == 3:
      return self.add_row_pairs(y, d, la, lb)
    return y.view([-1, y.size(-1)]).addmm_(torch.linear(d.reshape([-1, d.size(-1)]), la), lb.t()).view(y.size())

  # y + B A d with a pair for each row of the batch, made by stack_pairs: A (B R in), B (B R out). For single tokens these
  # are products of vectors, which bmm is slow at in bfloat16 on a CPU: there B z is a bag, a weighted sum of B's rows.
  def add_row_pairs(self: __torch__.Kernels, y: Tensor, d: Tensor, la: Tensor, lb: Tensor) -> Tensor:
    if d.size(1) > 1 or self.dtype == 6 or d.is_cuda:
      return y.baddbmm_(torch.bmm(d, la.transpose(1, 2)), lb)
    z = torch.bmm(d, la.transpose(1, 2)).view([-1])
    rows = torch.arange(z.size(0))
    starts = torch.arange(0, z.size(0), lb.size(1))
    sums, bags, sizes, most = torch.embedding_bag(lb.view([-1, lb.size(2)]), rows, starts, False, 0, False, z, False)
    return y.add_(sums.view(y.size()))

  # The site's matrix: as it stands there, or unpacked into one of the compute dtype.
  def site_weight(self: __torch__.Kernels, w: List[Tensor], s: int, columns: int) -> Tensor:
    if w[s].numel() > 0 or len(w) <= self.slots + 20:
      return w[s]
    out = torch.empty([w[s].size(0), columns], dtype=self.dtype, device=w[s].device)
    start = 0
    for part in range(3):
      at = self.slots + 20 + (s - 2) // 4 * 12 + part * 4
      if w[at].numel() > 0:
        rows = w[at].numel() * 2 // columns
        if w[at].dtype == 1:
          rows = w[at].size(0)
        self.unpack_into(out[start:start + rows].view([-1]), w[at:at + 4], w[self.slots + 68], w[self.slots + 69], int(w[self.slots + 70]))
        start = start + rows
    return out

  # The same with factors on inputs and outputs: y = out * (W (in * x) + B A x) + b.
  def tuned_linear(self: __torch__.Kernels, x: Tensor, w: List[Tensor], s: int, dropout: float) -> Tensor:
    at = self.slots + (s - 2) // 4
    z = x
    if w[at + 4].numel() > 0:
      z = x * w[at + 4]
    bias : Optional[Tensor] = None
    if w[s + 1].numel() > 0 and w[at].numel() == 0:
      bias = w[s + 1]
    y = self.add_lora(torch.linear(z, self.site_weight(w, s, z.size(-1)), bias), x, w[s + 2], w[s + 3], dropout)
    if w[at].numel() > 0:
      y = y * w[at]
      if w[s + 1].numel() > 0:
        y = y + w[s + 1]
    return y

  # h + W_up f(W_down h + b_down) + b_up of the layers at w[slots + s], or h where there are none.
  def after_part(self: __torch__.Kernels, h: Tensor, w: List[Tensor], s: int) -> Tensor:
    if len(w) <= self.slots:
      return h
    at = self.slots + s
    if w[at].numel() == 0:
      return h
    z = torch.linear(h, w[at], w[at + 1])
    activation = int(w[at + 4])
    if activation == 0:
      z = torch.relu(z)
    elif activation == 1:
      z = torch.gelu(z)
    elif activation == 2:
      z = torch.silu(z)
    else:
      z = torch.tanh(z)
    return h + torch.linear(z, w[at + 2], w[at + 3])

  # Keys or values (B K S D) behind those of a prefix, at w[slots + s].
  def behind_prefix(self: __torch__.Kernels, k: Tensor, w: List[Tensor], s: int) -> Tensor:
    if len(w) <= self.slots:
      return k
    p = w[self.slots + s]
    if p.numel() == 0:
      return k
    return torch.cat([p.unsqueeze(0).expand([k.size(0), p.size(0), p.size(1), p.size(2)]), k], 2)

  # Rotates the first rotary_dims of each head (x: B T N D; cos, sin: B|1 T 1 D/2), halves as in Llama. Views that
  # cover all of x (unbind, split, chunk) have one-pass gradients; slices would each fill an array with zeros.
  def rotate(self: __torch__.Kernels, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    if self.rotary_dims < x.size(-1):
      parts = torch.split_with_sizes(x, [self.rotary_dims, x.size(-1) - self.rotary_dims], -1)
      return torch.cat([self.rotate_all(parts[0], cos, sin), parts[1]], -1)
    return self.rotate_all(x, cos, sin)

  def rotate_all(self: __torch__.Kernels, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    if self.interleaved:
      pairs = torch.unbind(torch.unflatten(x, -1, [x.size(-1) // 2, 2]), -1)
      e = pairs[0]
      f = pairs[1]
      return torch.flatten(torch.stack([torch.addcmul(e * cos, f, sin, value=-1), torch.addcmul(f * cos, e, sin)], -1), -2)
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
    if self.activation == "quick_gelu":
      return x * torch.sigmoid(x * 1.702)
    return torch.gelu(x)

  # Queries (B N T D), keys and values (B K T D) of normalised inputs h.
  def qkv(self: __torch__.Kernels, h: Tensor, cos: Tensor, sin: Tensor, w: List[Tensor], dropout: float) -> Tuple[Tensor, Tensor, Tensor]:
    n = self.heads
    k = self.kv_heads
    y = self.linear(h, w, 2, dropout)
    if self.grouped:
      groups = torch.split_with_sizes(y.view([h.size(0), h.size(1), k, n // k + 2, self.head_dim]), [n // k, 1, 1], 3)
      y = torch.cat([torch.flatten(groups[0], 2, 3), torch.flatten(groups[1], 2, 3), torch.flatten(groups[2], 2, 3)], 2)
    else:
      y = y.view([h.size(0), h.size(1), n + 2 * k, self.head_dim])
    if self.qk_norm:
      three = torch.split_with_sizes(y, [n, k, k], 2)
      q = self.norm(three[0], w[20], w[20])
      c = self.norm(three[1], w[21], w[21])
      if self.rotary_dims > 0:
        q = self.rotate(q, cos, sin)
        c = self.rotate(c, cos, sin)
      return (q.transpose(1, 2), c.transpose(1, 2), three[2].transpose(1, 2))
    if self.rotary_dims == 0:
      parts = torch.split_with_sizes(y, [n, k, k], 2)
      return (parts[0].transpose(1, 2), parts[1].transpose(1, 2), parts[2].transpose(1, 2))
    turned = torch.split_with_sizes(y, [n + k, k], 2)
    qk = torch.split_with_sizes(self.rotate(turned[0], cos, sin), [n, k], 2)
    return (qk[0].transpose(1, 2), qk[1].transpose(1, 2), turned[1].transpose(1, 2))

  # Attention of q (B N T D) over k, v (B K S D); an empty mask means causal over the last T of S = T, or everything
  # where the model is not causal. Masks say what is seen (bool), or are added (linear biases).
  def attend(self: __torch__.Kernels, q: Tensor, k: Tensor, v: Tensor, mask: Tensor, scale: float) -> Tensor:
    b = q.size(0)
    t = q.size(2)
    repeat = self.heads // self.kv_heads
    if t == 1 and self.softcap == 0.:
      # Grouped queries side by side: keys are not repeated.
      g = q.reshape([b, self.kv_heads, repeat, self.head_dim])
      if mask.numel() > 0:
        return torch.scaled_dot_product_attention(g, k, v, mask, scale=scale).reshape([b, 1, self.heads * self.head_dim])
      return torch.scaled_dot_product_attention(g, k, v, scale=scale).reshape([b, 1, self.heads * self.head_dim])
    if repeat > 1:
      k = k.unsqueeze(2).expand([b, self.kv_heads, repeat, k.size(2), self.head_dim]).reshape([b, self.heads, k.size(2), self.head_dim])
      v = v.unsqueeze(2).expand([b, self.kv_heads, repeat, v.size(2), self.head_dim]).reshape([b, self.heads, v.size(2), self.head_dim])
    if self.softcap > 0.:
      o = self.attend_capped(q, k, v, mask, scale)
    elif mask.numel() > 0:
      o = torch.scaled_dot_product_attention(q, k, v, mask, scale=scale)
    elif self.causal and self.dtype == 15 and t <= 256 and not q.is_cuda:
      o = self.attend_short(q, k, v, scale)
    else:
      o = torch.scaled_dot_product_attention(q, k, v, None, 0., self.causal, scale=scale)
    return o.transpose(1, 2).reshape([b, t, self.heads * self.head_dim])

  # Scores bounded by cap * tanh(score / cap) before the mask, which no fused kernel does.
  def attend_capped(self: __torch__.Kernels, q: Tensor, k: Tensor, v: Tensor, mask: Tensor, scale: float) -> Tensor:
    scores = torch.matmul(q, k.transpose(2, 3)) * scale
    scores = torch.tanh(scores / self.softcap) * self.softcap
    if mask.numel() > 0:
      scores = scores.masked_fill(torch.logical_not(mask), float("-inf"))
    elif q.size(2) > 1:
      hidden = torch.ones([q.size(2), k.size(2)], dtype=11, device=q.device).triu(1 + k.size(2) - q.size(2))
      scores = scores.masked_fill(hidden, float("-inf"))
    return torch.matmul(torch.softmax(scores.to(6), -1).to(q.dtype), v)

  # Causal attention as plain products: in bfloat16 on a CPU 2 to 4 times faster than the fused kernel's gradient.
  def attend_short(self: __torch__.Kernels, q: Tensor, k: Tensor, v: Tensor, scale: float) -> Tensor:
    t = q.size(2)
    future = torch.full([t, t], float("-inf"), dtype=q.dtype, device=q.device).triu(1)
    flat = [-1, t, self.head_dim]
    scores = torch.baddbmm(future, q.reshape(flat), k.reshape(flat).transpose(1, 2), alpha=scale)
    return torch.bmm(torch.softmax(scores, -1), v.reshape(flat)).view(q.size())

  # What the MLP gives for normalised inputs h.
  def mlp(self: __torch__.Kernels, h: Tensor, w: List[Tensor], dropout: float) -> Tensor:
    if self.experts_per_token > 0:
      return self.experts(h, self.routes(h, w), w)
    y = self.linear(h, w, 12, dropout)
    if self.gated:
      halves = torch.chunk(y, 2, -1)
      z = self.activate(halves[0]) * halves[1]
    else:
      z = self.activate(y)
    return self.after_part(self.linear(z, w, 16, dropout), w, 13)

  # Logits over the experts, (N, E).
  def routes(self: __torch__.Kernels, h: Tensor, w: List[Tensor]) -> Tensor:
    return torch.linear(h.reshape([-1, h.size(-1)]), w[24])

  # Each token through its best experts, weighted by their probabilities among the chosen.
  def experts(self: __torch__.Kernels, h: Tensor, routes: Tensor, w: List[Tensor]) -> Tensor:
    x = h.reshape([-1, h.size(-1)])
    best, chosen = torch.topk(torch.softmax(routes.to(6), -1), self.experts_per_token, -1)
    share = best / best.sum(-1, True)
    out = torch.zeros_like(x)
    for e in range(routes.size(-1)):
      here = torch.eq(chosen, e)
      rows = torch.nonzero(here.any(-1)).squeeze(1)
      if rows.numel() > 0:
        halves = torch.chunk(torch.linear(x.index_select(0, rows), w[25][e]), 2, -1)
        y = torch.linear(self.activate(halves[0]) * halves[1], w[26][e])
        weight = torch.where(here, share, torch.zeros_like(share)).sum(-1).index_select(0, rows)
        out = out.index_add(0, rows, (y * weight.unsqueeze(1)).to(x.dtype))
    return out.view(h.size())

  # The rest of a layer after attention's results o: x is what came in, or its rows.
  def after_attention(self: __torch__.Kernels, x: Tensor, o: Tensor, w: List[Tensor], dropout: float) -> Tensor:
    a = self.after_part(self.linear(o, w, 6, dropout), w, 8)
    if self.placement == "after":
      x = self.norm(x + a, w[0], w[1])
      return self.norm(x + self.mlp(x, w, dropout), w[10], w[11])
    if self.placement == "around":
      x = x + self.norm(a, w[22], w[22])
      return x + self.norm(self.mlp(self.norm(x, w[10], w[11]), w, dropout), w[23], w[23])
    x = x + a
    return x + self.mlp(self.norm(x, w[10], w[11]), w, dropout)

  # What goes into attention.
  def before_attention(self: __torch__.Kernels, x: Tensor, w: List[Tensor]) -> Tensor:
    if self.placement == "after":
      return x
    return self.norm(x, w[0], w[1])

  # One layer; x: B T H.
  def layer(self: __torch__.Kernels, x: Tensor, cos: Tensor, sin: Tensor, mask: Tensor, scale: float, w: List[Tensor], dropout: float) -> Tensor:
    q, k, v = self.qkv(self.before_attention(x, w), cos, sin, w, dropout)
    return self.after_attention(x, self.attend(q, self.behind_prefix(k, w, 18), self.behind_prefix(v, w, 19), mask, scale), w, dropout)

  # The last layer, whose results are wanted at flat positions only: N H. Past the attention it runs on these alone.
  def last_layer(self: __torch__.Kernels, x: Tensor, cos: Tensor, sin: Tensor, mask: Tensor, scale: float, w: List[Tensor], dropout: float, index: Tensor) -> Tensor:
    q, k, v = self.qkv(self.before_attention(x, w), cos, sin, w, dropout)
    o = self.rows(self.attend(q, self.behind_prefix(k, w, 18), self.behind_prefix(v, w, 19), mask, scale), index)
    return self.after_attention(self.rows(x, index), o, w, dropout)

  # A layer of experts with its routes (N, E) for the balancing loss.
  def routed_layer(self: __torch__.Kernels, x: Tensor, cos: Tensor, sin: Tensor, mask: Tensor, scale: float, w: List[Tensor], dropout: float) -> Tuple[Tensor, Tensor]:
    q, k, v = self.qkv(self.before_attention(x, w), cos, sin, w, dropout)
    x = x + self.linear(self.attend(q, self.behind_prefix(k, w, 18), self.behind_prefix(v, w, 19), mask, scale), w, 6, dropout)
    h = self.norm(x, w[10], w[11])
    routes = self.routes(h, w)
    return (x + self.experts(h, routes, w), routes)

  # Load-balancing loss (Fedus et al. 2021, equations 4 to 6, over all layers at once): routes of the layers (N, E);
  # real (N) is 1 at tokens and 0 at padding.
  def balance_loss(self: __torch__.Kernels, routes: List[Tensor], real: Tensor) -> Tensor:
    e = routes[0].size(1)
    counts = torch.zeros([e], dtype=6, device=real.device)
    sums = torch.zeros([e], dtype=6, device=real.device)
    for r in routes:
      p = torch.softmax(r.to(6), -1)
      best, chosen = torch.topk(p, self.experts_per_token, -1)
      hit = torch.zeros_like(p).scatter_(1, chosen, 1.)
      counts = counts + (hit * real.unsqueeze(1)).sum(0)
      sums = sums + (p * real.unsqueeze(1)).sum(0)
    total = real.sum() * float(len(routes))
    return (counts / total * (sums / total)).sum() * float(e)

  # ids, types: B T; positions: 1|B T; tables: token, position, type embeddings, a norm's weight and bias, a low-rank
  # pair on the token embeddings (A^T: V R; B: H R) and virtual tokens (P H) whose ids are V + i; empty where there are none. Whatever the graph keeps is cloned: an array made from Java memory is only as
  # long-lived as its Java object.
  def embed(self: __torch__.Kernels, ids: Tensor, positions: Tensor, types: Tensor, tables: List[Tensor]) -> Tensor:
    ids = ids.clone()
    virtual = tables[7].size(0) > 0
    known = ids
    if virtual:
      known = ids.clamp(0, tables[0].size(0) - 1)
    x = torch.embedding(tables[0], known)
    if tables[5].numel() > 0:
      x = x + torch.linear(torch.embedding(tables[5], known), tables[6]).to(x.dtype)
    if virtual:
      p = torch.embedding(tables[7], (ids - tables[0].size(0)).clamp(0, tables[7].size(0) - 1))
      x = torch.where(torch.ge(ids, tables[0].size(0)).unsqueeze(-1), p.to(x.dtype), x)
    if tables[1].numel() > 0:
      x = x + torch.embedding(tables[1], positions.clone())
    if tables[2].numel() > 0:
      x = x + torch.embedding(tables[2], types.clone())
    x = x.to(self.dtype)
    if self.embedding_scale != 1.:
      x = x * torch.full([1], self.embedding_scale, dtype=self.dtype, device=x.device)
    if tables[3].numel() > 0:
      x = self.norm(x, tables[3], tables[4])
    return x

  def rope(self: __torch__.Kernels, positions: Tensor, cos: Tensor, sin: Tensor) -> Tuple[Tensor, Tensor]:
    if cos.numel() == 0:
      return (cos, sin)
    return (torch.embedding(cos, positions).unsqueeze(2), torch.embedding(sin, positions).unsqueeze(2))

  # One step of generation through all layers: writes keys and values at columns p … p+T of the caches
  # (two per layer, B K S D) and gives the logits after the last position, float32 (B, V). Masks and rotary tables
  # (with the places in them, turns) come twice: for layers that see all (kind 0) and for those with a window (1).
  def decode(self: __torch__.Kernels, ids: Tensor, positions: Tensor, p: int, masks: List[Tensor], kinds: List[int], scales: List[float], tables: List[Tensor], turns: List[Tensor], cos_tables: List[Tensor], sin_tables: List[Tensor], final: List[Tensor], w: List[Tensor], caches: List[Tensor]) -> Tensor:
    width = len(w) // (len(caches) // 2)
    x = self.embed(ids, positions, torch.zeros_like(ids), tables)
    cos, sin = self.rope(turns[0], cos_tables[0], sin_tables[0])
    local_cos = cos
    local_sin = sin
    if len(cos_tables) > 1:
      local_cos, local_sin = self.rope(turns[1], cos_tables[1], sin_tables[1])
    end = p + ids.size(1)
    for i in range(len(caches) // 2):
      l = w[width * i:width * i + width]
      mask = masks[kinds[i]]
      if kinds[i] == 1:
        q, k, v = self.qkv(self.before_attention(x, l), local_cos, local_sin, l, 0.)
      else:
        q, k, v = self.qkv(self.before_attention(x, l), cos, sin, l, 0.)
      caches[2 * i][:, :, p:end].copy_(k)
      caches[2 * i + 1][:, :, p:end].copy_(v)
      if i + 1 == len(caches) // 2 and ids.size(1) > 1:
        # Past the last layer's keys and values only the last position matters.
        x = x[:, -1:]
        q = q[:, :, -1:]
        if mask.numel() > 0:
          mask = mask[:, :, -1:]
      o = self.attend(q, caches[2 * i][:, :, 0:end], caches[2 * i + 1][:, :, 0:end], mask, scales[i])
      x = self.after_attention(x, o, l, 0.)
    return self.project(self.final_norm(x[:, -1], final[0], final[1]), final[2], final[3])

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

  # Writes the prefixes of the layers (keys and values in turn, K P D) into the first columns of the caches.
  def begin_caches(self: __torch__.Kernels, caches: List[Tensor], prefixes: List[Tensor]) -> Tensor:
    for i in range(len(prefixes)):
      caches[i][:, :, 0:prefixes[i].size(1)].copy_(prefixes[i].unsqueeze(0).expand([caches[i].size(0), prefixes[i].size(0), prefixes[i].size(1), prefixes[i].size(2)]))
    return caches[0]

  # A mask (1|B 1 T S) behind P columns that all see; additive ones get 0 there.
  def widen_mask(self: __torch__.Kernels, mask: Tensor, prefix: int) -> Tensor:
    shape = [mask.size(0), mask.size(1), mask.size(2), prefix]
    if mask.dtype == 11:
      return torch.cat([torch.ones(shape, dtype=11, device=mask.device), mask], 3)
    return torch.cat([torch.zeros(shape, dtype=mask.dtype, device=mask.device), mask], 3)

  # What queries at columns p … p+T see of columns 0 … p+T in left-padded rows: from each row's first real column
  # (starts, B), no further back than the window; a padding query sees itself. Slopes (N) make it additive.
  def decode_mask(self: __torch__.Kernels, starts: Tensor, p: int, t: int, window: int, slopes: Tensor) -> Tensor:
    query = torch.arange(p, p + t, device=starts.device).unsqueeze(1)
    column = torch.arange(p + t, device=starts.device).unsqueeze(0)
    seen = torch.le(column, query)
    if window > 0:
      seen = torch.logical_and(seen, torch.lt(query - column, window))
    real = torch.ge(column, starts.unsqueeze(1)).unsqueeze(1)
    seen = torch.logical_or(torch.logical_and(seen.unsqueeze(0), real), torch.eq(column, query).unsqueeze(0)).unsqueeze(1)
    return self.with_slopes(seen, column - query, slopes)

  # What the T tokens of right-padded rows see of each other: those before them, no further back than the window, of
  # their own segment (B T, of packed rows), and, where the model is not causal, below the row's length (B).
  def row_mask(self: __torch__.Kernels, lengths: Tensor, segments: Tensor, t: int, window: int, slopes: Tensor) -> Tensor:
    query = torch.arange(t, device=lengths.device).unsqueeze(1)
    column = torch.arange(t, device=lengths.device).unsqueeze(0)
    seen = torch.ones([1, 1, t, t], dtype=11, device=lengths.device)
    if self.causal:
      seen = torch.logical_and(seen, torch.le(column, query))
    else:
      seen = torch.logical_and(seen, torch.lt(column, lengths.unsqueeze(1)).unsqueeze(1).unsqueeze(1))
    if window > 0:
      seen = torch.logical_and(seen, torch.lt(query - column, window))
    if segments.numel() > 0:
      seen = torch.logical_and(seen, torch.eq(segments.unsqueeze(1).unsqueeze(3), segments.unsqueeze(1).unsqueeze(2)))
    return self.with_slopes(seen, column - query, slopes)

  # Linear biases (Press et al. 2022): slope × (column − query), −∞ where nothing is seen.
  def with_slopes(self: __torch__.Kernels, seen: Tensor, distance: Tensor, slopes: Tensor) -> Tensor:
    if slopes.numel() == 0:
      return seen
    bias = slopes.view([1, -1, 1, 1]) * distance.to(6).view([1, 1, distance.size(0), distance.size(1)])
    return torch.where(seen, bias, torch.full_like(bias, float("-inf"))).to(self.dtype)

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

  # Pairs of one site that lists of adapters have, as rows of a batch pick them: A (lists, R, in) and scale B (lists, R, out).
  # Pair i is of list owners[i] and of the module whose first output is starts[i]; 0 where a list has fewer.
  def stack_pairs(self: __torch__.Kernels, down: List[Tensor], up: List[Tensor], scales: List[float], owners: List[int], starts: List[int], lists: int, outputs: int) -> Tuple[Tensor, Tensor]:
    ranks : List[int] = []
    for l in range(lists):
      ranks.append(0)
    for i in range(len(down)):
      ranks[owners[i]] = ranks[owners[i]] + down[i].size(0)
    highest = max(ranks)
    a = torch.zeros([lists, highest, down[0].size(1)], dtype=self.dtype, device=down[0].device)
    b = torch.zeros([lists, highest, outputs], dtype=self.dtype, device=down[0].device)
    for i in range(len(down)):
      end = ranks[owners[i]]
      start = end - down[i].size(0)
      ranks[owners[i]] = start
      a[owners[i]][start:end].copy_(down[i])
      b[owners[i]][start:end, starts[i]:starts[i] + up[i].size(0)].copy_((up[i] * scales[i]).t())
    return (a, b)

  # E * A of AdaLoRA.
  def scale_rows(self: __torch__.Kernels, a: Tensor, e: Tensor) -> Tensor:
    return a * e

  # m / |W + scale B A| row by row, the norm without a graph (Liu et al. 2024, section 4.3); W is rows of a site.
  def magnitudes(self: __torch__.Kernels, w: Tensor, start: int, end: int, down: Tensor, up: Tensor, scale: float, magnitude: Tensor) -> Tensor:
    merged = torch.addmm(w[start:end].to(6), up.detach(), down.detach(), alpha=scale).detach()
    return magnitude / torch.linalg_vector_norm(merged, 2., [1])

  # Vectors one behind the other, in the compute dtype.
  def join_vectors(self: __torch__.Kernels, parts: List[Tensor]) -> Tensor:
    flat : List[Tensor] = []
    for part in parts:
      flat.append(part.reshape([-1]))
    return torch.cat(flat).to(self.dtype)

  # In the compute dtype.
  def cast(self: __torch__.Kernels, x: Tensor) -> Tensor:
    return x.to(self.dtype)

  def times(self: __torch__.Kernels, x: Tensor, y: Tensor) -> Tensor:
    return x * y

  # A low-rank pair as token embeddings take it: A^T (V R) and scale B (H R).
  def embedding_pair(self: __torch__.Kernels, down: Tensor, up: Tensor, scale: float) -> Tuple[Tensor, Tensor]:
    return (down.t(), up * scale)

  # What virtual tokens are: a table through layers (weights and biases in turn) with an activation between.
  def virtual_tokens(self: __torch__.Kernels, table: Tensor, encoder: List[Tensor], tanh: bool) -> Tensor:
    x = table
    for i in range(len(encoder) // 2):
      if i > 0:
        if tanh:
          x = torch.tanh(x)
        else:
          x = torch.relu(x)
      x = torch.linear(x, encoder[2 * i], encoder[2 * i + 1])
    return x

  # Keys (which 0) or values (1) of a layer among those of virtual tokens (P, layers 2 K D): K P D.
  def prefix_of(self: __torch__.Kernels, x: Tensor, layer: int, which: int) -> Tensor:
    width = self.kv_heads * self.head_dim
    start = (2 * layer + which) * width
    return x[:, start:start + width].view([x.size(0), self.kv_heads, self.head_dim]).transpose(0, 1).to(self.dtype)

  # out * (W + B A) * in in float32, then back; empty factors change nothing.
  def merge(self: __torch__.Kernels, w: Tensor, la: Tensor, lb: Tensor, out: Tensor, inputs: Tensor) -> Tensor:
    y = w.to(6)
    if inputs.numel() > 0:
      y = y * inputs.to(6)
    if la.size(0) > 0:
      y = torch.addmm(y, lb.to(6), la.to(6))
    if out.numel() > 0:
      y = y * out.to(6).unsqueeze(1)
    return y.to(w.dtype)

  # W + scale B A in float32, in the stored orientation; a magnitude makes its rows that long.
  def merge_stored(self: __torch__.Kernels, w: Tensor, down: Tensor, up: Tensor, scale: float, magnitude: Tensor, transposed: bool) -> Tensor:
    delta = torch.matmul(up, down) * scale
    y = w.to(6)
    if transposed:
      y = y.t()
    y = y + delta
    if magnitude.numel() > 0:
      y = y * (magnitude / torch.linalg_vector_norm(y, 2., [1])).unsqueeze(1)
    if transposed:
      y = y.t()
    return y.contiguous()

  # Factors (out 1) or (1 in) on a matrix in the stored orientation.
  def rescale_stored(self: __torch__.Kernels, w: Tensor, factors: Tensor, transposed: bool) -> Tensor:
    if transposed:
      return w.to(6) * factors.t()
    return w.to(6) * factors

  def final_norm(self: __torch__.Kernels, x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    if w.numel() == 0:
      return x
    return self.norm(x, w, b)

  # The dense layer, activation and norm before the head of a masked language model.
  def head_transform(self: __torch__.Kernels, x: Tensor, w: List[Tensor]) -> Tensor:
    y = self.activate(torch.linear(x, w[0].to(x.dtype), w[1].to(x.dtype)))
    return self.norm(y, w[2].to(x.dtype), w[3].to(x.dtype))

  # An encoder's pooled first token.
  def pool(self: __torch__.Kernels, x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return torch.tanh(torch.linear(x, w.to(x.dtype), b.to(x.dtype)))

  # Experts' matrices side by side: (E, rows of all parts, in).
  def stack_experts(self: __torch__.Kernels, first: List[Tensor], second: List[Tensor]) -> Tensor:
    all : List[Tensor] = []
    for e in range(len(first)):
      if len(second) > 0:
        all.append(torch.cat([first[e], second[e]], 0).to(self.dtype))
      else:
        all.append(first[e].to(self.dtype))
    return torch.stack(all)

  # Tables one below the other.
  def join_rows(self: __torch__.Kernels, tables: List[Tensor]) -> Tensor:
    return torch.cat(tables, 0)

  # A seed from the engine's generator.
  def draw(self: __torch__.Kernels, like: Tensor) -> Tensor:
    return torch.randint(0, 9007199254740992, [1], dtype=4)

  # 1 if all of x is finite.
  def all_finite(self: __torch__.Kernels, x: Tensor) -> Tensor:
    return torch.isfinite(x).all().to(6)

  # Rows of one expert's matrix.
  def expert_slice(self: __torch__.Kernels, w: Tensor, expert: int, start: int, end: int) -> Tensor:
    return w[expert][start:end].contiguous()

  # rows of x (B T H) at flat indices: (N, H)
  def rows(self: __torch__.Kernels, x: Tensor, index: Tensor) -> Tensor:
    return x.reshape([-1, x.size(-1)]).index_select(0, index.clone())

  # The output head as it multiplies rows of h's dtype.
  def head_weight(self: __torch__.Kernels, head: Tensor, h: Tensor) -> Tensor:
    if self.normalized_head:
      head = head / torch.linalg_vector_norm(head, 2., [-1], True)
    return head.to(h.dtype)

  # Logits of rows h under a head made by head_weight: float32.
  def project(self: __torch__.Kernels, h: Tensor, e: Tensor, bias: Tensor) -> Tensor:
    z = torch.linear(h, e).to(6)
    if bias.numel() > 0:
      z = z + bias.to(6)
    if self.logit_softcap > 0.:
      z = torch.tanh(z / self.logit_softcap) * self.logit_softcap
    return z

  def logits(self: __torch__.Kernels, h: Tensor, head: Tensor, bias: Tensor) -> Tensor:
    return self.project(h, self.head_weight(head, h), bias)

  # Scores of a scalar (or class) head on rows h (N, H): float32 (N, labels).
  def scores(self: __torch__.Kernels, h: Tensor, head: Tensor, bias: Tensor) -> Tensor:
    z = torch.linear(h, head.to(h.dtype)).to(6)
    if bias.numel() > 0:
      z = z + bias.to(6)
    return z

  # log softmax(logits / temperature)[target] (N) and, without a graph, entropy (N); chunks bound the memory.
  def log_probs(self: __torch__.Kernels, h: Tensor, head: Tensor, bias: Tensor, targets: Tensor, temperature: float, chunk: int) -> Tuple[Tensor, Tensor]:
    e = self.head_weight(head, h)
    targets = targets.clone()
    picked : List[Tensor] = []
    entropies : List[Tensor] = []
    start = 0
    while start < h.size(0):
      z = self.project(h[start:start + chunk], e, bias)
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
  # With `dynamic` each term is weighted by p(target) too, which counts as constant; `smoothing` moves that share of a
  # target to all tokens evenly. Gives the loss (), the plain token losses (N), top-1 hits (N), d loss / d h (N, H) and, if asked, d loss / d head
  # (V, H) and d loss / d bias (V), float32.
  def nll(self: __torch__.Kernels, h: Tensor, head: Tensor, bias: Tensor, targets: Tensor, weights: Tensor, dynamic: bool, smoothing: float, head_grad: bool, chunk: int) -> Tuple[Tensor, Tensor, Tensor, Tensor, Tensor, Tensor]:
    e = self.head_weight(head, h)
    grad = torch.empty_like(h)
    losses = torch.empty_like(weights)
    hits = torch.empty_like(weights)
    dhead = torch.empty([0])
    if head_grad:
      dhead = torch.zeros_like(head, dtype=6)
    dbias = torch.zeros_like(bias, dtype=6)
    total = torch.zeros([], dtype=6, device=h.device)
    start = 0
    while start < h.size(0):
      end = min(start + chunk, h.size(0))
      hc = h[start:end]
      y = targets[start:end].unsqueeze(1)
      z = self.project(hc, e, bias)
      hits[start:end].copy_((z.argmax(-1) == y.squeeze(1)).to(6))
      ls = torch.log_softmax(z, -1)
      term = -ls.gather(1, y).squeeze(1)
      losses[start:end].copy_(term)
      share = weights[start:end]
      if dynamic:
        share = share * torch.exp(-term)
      if smoothing > 0.:
        term = term * (1. - smoothing) - ls.mean(-1) * smoothing
      total = total + (term * share).sum()
      p = ls.exp_()
      p.scatter_add_(1, y, torch.full_like(y, smoothing - 1., dtype=6))
      if smoothing > 0.:
        p.sub_(smoothing / p.size(1))
      p.mul_(share.unsqueeze(1))
      if self.logit_softcap > 0.:
        p.mul_(1. - torch.square(z / self.logit_softcap))
      pc = p.to(h.dtype)
      grad[start:end].copy_(torch.matmul(pc, e))
      if head_grad:
        dhead.add_(torch.matmul(pc.t(), hc).to(6))
        if bias.numel() > 0:
          dbias.add_(p.sum(0))
      start = end
    if head_grad and self.normalized_head:
      length = torch.linalg_vector_norm(head, 2., [-1], True).to(6)
      unit = head.to(6) / length
      dhead = (dhead - unit * (unit * dhead).sum(-1, True)) / length
    return (total, losses, hits, grad, dhead, dbias)

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
