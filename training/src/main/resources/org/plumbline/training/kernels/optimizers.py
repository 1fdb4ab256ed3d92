# TorchScript kernels of the optimizers, in the order of operations of torch.optim (Adafactor: transformers).
# p parameters, g gradients (float32, never written), then state tensors, one per parameter each;
# decay holds each parameter's weight decay.
class Kernels(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  def adam(self: __torch__.Kernels, p: List[Tensor], g: List[Tensor], m: List[Tensor], v: List[Tensor], top: List[Tensor], decay: List[float], step: int, lr: float, beta1: float, beta2: float, epsilon: float, decoupled: bool) -> Tensor:
    correction1 = 1. - beta1 ** step
    correction2 = (1. - beta2 ** step) ** 0.5
    for i in range(len(p)):
      d = g[i]
      if decay[i] != 0.:
        if decoupled:
          p[i].mul_(1. - lr * decay[i])
        else:
          d = d + p[i] * decay[i]
      m[i].lerp_(d, 1. - beta1)
      v[i].mul_(beta2).addcmul_(d, d, value=1. - beta2)
      second = v[i]
      if len(top) > 0:
        top[i].copy_(torch.maximum(top[i], second))
        second = top[i]
      p[i].addcdiv_(m[i], (second.sqrt() / correction2).add_(epsilon), value=-lr / correction1)
    return p[0]

  # AdamW with moments as 8-bit codes in blocks of 256 (Dettmers et al. 2022), in bitsandbytes' order of operations:
  # m, v codes, uint8 in the parameter's shape; tops the blocks' largest magnitudes; codes: the signed code, the bounds
  # between its levels, the unsigned code, its bounds. Chunks bound the memory of the float32 moments.
  def adam_8bit(self: __torch__.Kernels, p: List[Tensor], g: List[Tensor], m: List[Tensor], m_top: List[Tensor], v: List[Tensor], v_top: List[Tensor], codes: List[Tensor], decay: List[float], step: int, lr: float, beta1: float, beta2: float, epsilon: float) -> Tensor:
    correction1 = 1. - beta1 ** step
    correction2 = (1. - beta2 ** step) ** 0.5
    for i in range(len(p)):
      w = p[i].view([-1])
      d = g[i].reshape([-1])
      m8 = m[i].view([-1])
      v8 = v[i].view([-1])
      start = 0
      while start < w.numel():
        end = min(start + 4194304, w.numel())
        m_tops = m_top[i][start // 256:(end + 255) // 256]
        v_tops = v_top[i][start // 256:(end + 255) // 256]
        first = self.unpack(m8[start:end], m_tops, codes[0]).mul_(beta1).add_(d[start:end], alpha=1. - beta1)
        second = self.unpack(v8[start:end], v_tops, codes[2]).mul_(beta2).addcmul_(d[start:end], d[start:end], value=1. - beta2)
        if decay[i] != 0.:
          w[start:end].mul_(1. - lr * decay[i])
        w[start:end].addcdiv_(first, (second.sqrt() / correction2).add_(epsilon), value=-lr / correction1)
        self.pack(first, m8[start:end], m_tops, codes[1])
        self.pack(second, v8[start:end], v_tops, codes[3])
        start = end
    return p[0]

  # float32 values of codes; a short last block is filled up.
  def unpack(self: __torch__.Kernels, codes: Tensor, tops: Tensor, code: Tensor) -> Tensor:
    values = self.filled(code.index_select(0, codes.to(3)))
    return values.mul_(tops.unsqueeze(1)).view([-1])[0:codes.numel()]

  def pack(self: __torch__.Kernels, values: Tensor, codes: Tensor, tops: Tensor, bounds: Tensor) -> Tensor:
    blocks = self.filled(values)
    tops.copy_(torch.amax(blocks.abs(), [-1]))
    scaled = (blocks * torch.reciprocal(tops.clamp(1e-38)).unsqueeze(1)).clamp_(-1., 1.)
    return codes.copy_(torch.bucketize(scaled, bounds, out_int32=True).view([-1])[0:codes.numel()])

  # As blocks of 256, the last one filled with zeros.
  def filled(self: __torch__.Kernels, x: Tensor) -> Tensor:
    if x.numel() % 256 != 0:
      x = torch.constant_pad_nd(x, [0, 256 - x.numel() % 256])
    return x.view([-1, 256])

  def sgd(self: __torch__.Kernels, p: List[Tensor], g: List[Tensor], b: List[Tensor], decay: List[float], step: int, lr: float, momentum: float, dampening: float, nesterov: bool) -> Tensor:
    for i in range(len(p)):
      d = g[i]
      if decay[i] != 0.:
        d = d + p[i] * decay[i]
      if momentum != 0.:
        if step == 1:
          b[i].copy_(d)
        else:
          b[i].mul_(momentum).add_(d, alpha=1. - dampening)
        if nesterov:
          d = d + b[i] * momentum
        else:
          d = b[i]
      p[i].add_(d, alpha=-lr)
    return p[0]

  def rmsprop(self: __torch__.Kernels, p: List[Tensor], g: List[Tensor], square: List[Tensor], mean: List[Tensor], b: List[Tensor], decay: List[float], lr: float, alpha: float, epsilon: float, momentum: float) -> Tensor:
    for i in range(len(p)):
      d = g[i]
      if decay[i] != 0.:
        d = d + p[i] * decay[i]
      square[i].mul_(alpha).addcmul_(d, d, value=1. - alpha)
      average = square[i]
      if len(mean) > 0:
        mean[i].lerp_(d, 1. - alpha)
        average = average.addcmul(mean[i], mean[i], value=-1.)
      average = average.sqrt().add_(epsilon)
      if momentum > 0.:
        b[i].mul_(momentum).addcdiv_(d, average)
        p[i].add_(b[i], alpha=-lr)
      else:
        p[i].addcdiv_(d, average, value=-lr)
    return p[0]

  def adagrad(self: __torch__.Kernels, p: List[Tensor], g: List[Tensor], total: List[Tensor], decay: List[float], lr: float, epsilon: float) -> Tensor:
    for i in range(len(p)):
      d = g[i]
      if decay[i] != 0.:
        d = d + p[i] * decay[i]
      total[i].addcmul_(d, d, value=1.)
      p[i].addcdiv_(d, total[i].sqrt().add_(epsilon), value=-lr)
    return p[0]

  # Shazeer and Stern 2018 with a given rate (relative_step false); second moments of matrices are
  # kept as row and column means.
  def adafactor(self: __torch__.Kernels, p: List[Tensor], g: List[Tensor], row: List[Tensor], column: List[Tensor], decay: List[float], step: int, lr: float, decay_rate: float, epsilon: float, clip: float) -> Tensor:
    beta = 1. - float(step) ** decay_rate
    for i in range(len(p)):
      d = g[i]
      square = d * d + epsilon
      if d.dim() >= 2:
        row[i].mul_(beta).add_(square.mean(-1), alpha=1. - beta)
        column[i].mul_(beta).add_(square.mean(-2), alpha=1. - beta)
        r = (row[i] / row[i].mean(-1, True)).rsqrt().unsqueeze(-1)
        update = r * column[i].unsqueeze(-2).rsqrt() * d
      else:
        row[i].mul_(beta).add_(square, alpha=1. - beta)
        update = row[i].rsqrt() * d
      rms = float(update.norm().item()) / float(update.numel()) ** 0.5
      update = update / max(1., rms / clip) * lr
      if decay[i] != 0.:
        p[i].add_(p[i], alpha=-decay[i] * lr)
      p[i].sub_(update)
    return p[0]

  # Jordan et al. 2024, as torch.optim.Muon with match_rms_adamw: Nesterov momentum, made orthogonal by five
  # Newton-Schulz steps in bfloat16 and scaled to the size of an AdamW update (Liu et al. 2025). All p have one shape.
  def muon(self: __torch__.Kernels, p: List[Tensor], g: List[Tensor], m: List[Tensor], decay: List[float], lr: float, momentum: float) -> Tensor:
    updates : List[Tensor] = []
    for i in range(len(p)):
      m[i].lerp_(g[i], 1. - momentum)
      updates.append(torch.lerp(g[i], m[i], momentum))
    x = self.orthogonal(torch.stack(updates))
    size = max(p[0].size(0), p[0].size(1))
    for i in range(len(p)):
      if decay[i] != 0.:
        p[i].mul_(1. - lr * decay[i])
      p[i].add_(x[i], alpha=-lr * 0.2 * float(size) ** 0.5)
    return p[0]

  # g: N rows columns
  def orthogonal(self: __torch__.Kernels, g: Tensor) -> Tensor:
    tall = g.size(1) > g.size(2)
    x = g.to(15)
    if tall:
      x = x.transpose(1, 2)
    x = x / x.norm(2, [1, 2], True).clamp(min=1e-7)
    for i in range(5):
      gram = torch.bmm(x, x.transpose(1, 2))
      x = torch.baddbmm(x, torch.baddbmm(gram, gram, gram, beta=-4.775, alpha=2.0315), x, beta=3.4445)
    if tall:
      x = x.transpose(1, 2)
    return x.to(6)
