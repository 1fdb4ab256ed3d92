# TorchScript kernels that choose the next token. B rows, V vocabulary.
class Kernels(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  def greedy(self: __torch__.Kernels, logits: Tensor) -> Tensor:
    return logits.argmax(-1)

  # transformers' repetition penalty: seen tokens' scores are divided by it if positive, multiplied if negative.
  def penalise(self: __torch__.Kernels, logits: Tensor, seen: Tensor, penalty: float) -> Tensor:
    return torch.where(seen, torch.where(logits > 0, logits / penalty, logits * penalty), logits)

  # Truncation in transformers' order: temperature, top-k, top-p, min-p. Dropped tokens get -inf.
  def truncate(self: __torch__.Kernels, logits: Tensor, temperature: float, top_k: int, top_p: float, min_p: float) -> Tensor:
    z = logits / temperature
    low = float("-inf")
    if top_k > 0 and top_k < z.size(-1):
      kth = torch.topk(z, top_k)[0][:, -1:]
      z = z.masked_fill(z < kth, low)
    if top_p < 1.:
      ordered, index = torch.sort(z, -1, False)
      drop = ordered.softmax(-1).cumsum(-1) <= 1. - top_p
      drop[:, -1:].fill_(False)
      z = z.masked_fill(torch.zeros_like(drop).scatter(1, index, drop), low)
    if min_p > 0.:
      p = z.softmax(-1)
      z = z.masked_fill(p < min_p * p.max(-1, True)[0], low)
    return z

  # Inverse of the distribution function at u in [0, 1): (B) uniform numbers, float64, one per row,
  # so that a row's token depends on its own logits and its own number alone.
  def choose(self: __torch__.Kernels, z: Tensor, u: Tensor) -> Tensor:
    c = z.to(7).softmax(-1).cumsum(-1)
    i = torch.searchsorted(c, (u * c[:, -1]).unsqueeze(1), right=True).squeeze(1)
    return i.clamp(0, z.size(-1) - 1)

  def finite(self: __torch__.Kernels, logits: Tensor) -> Tensor:
    return torch.isfinite(logits).all(-1).to(6)
