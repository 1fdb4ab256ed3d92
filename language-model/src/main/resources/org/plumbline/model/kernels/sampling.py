# TorchScript kernels that choose the next token. B rows, V vocabulary.
class Kernels(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  def greedy(self: __torch__.Kernels, logits: Tensor) -> Tensor:
    return logits.argmax(-1)

  # The rules on single places take flat indices row * V + token.
  def add_bias(self: __torch__.Kernels, logits: Tensor, places: Tensor, bias: Tensor) -> Tensor:
    return logits.reshape([-1]).index_add(0, places, bias).view(logits.size())

  # transformers' repetition penalty: seen tokens' scores are divided by it if positive, multiplied if negative.
  # A place that occurs twice is penalised once.
  def penalise(self: __torch__.Kernels, logits: Tensor, places: Tensor, penalty: float) -> Tensor:
    flat = logits.reshape([-1])
    s = flat.index_select(0, places)
    return flat.index_copy(0, places, torch.where(s > 0, s / penalty, s * penalty)).view(logits.size())

  def forbid(self: __torch__.Kernels, logits: Tensor, places: Tensor) -> Tensor:
    return logits.reshape([-1]).index_fill(0, places, float("-inf")).view(logits.size())

  # Truncation in transformers' order: temperature, top-k, top-p, min-p, typical-p, epsilon cutoff, eta cutoff. Dropped tokens get -inf.
  def truncate(self: __torch__.Kernels, logits: Tensor, temperature: float, top_k: int, top_p: float, min_p: float, typical_p: float, epsilon: float, eta: float) -> Tensor:
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
    if typical_p < 1.:
      z = self.typical(z, typical_p)
    if epsilon > 0.:
      z = z.masked_fill((z.softmax(-1) < epsilon) & (z < z.max(-1, True)[0]), low)
    if eta > 0.:
      ls = torch.log_softmax(z, -1)
      p = ls.exp()
      least = torch.exp(torch.nansum(ls * p, [-1], True)) * (eta ** 0.5)
      z = z.masked_fill((p < least.clamp(max=eta)) & (z < z.max(-1, True)[0]), low)
    return z

  # Keeps the tokens whose information -log p is nearest to the entropy, up to a mass.
  def typical(self: __torch__.Kernels, z: Tensor, mass: float) -> Tensor:
    ls = torch.log_softmax(z, -1)
    entropy = torch.nansum(ls * ls.exp(), [-1], True).neg()
    distance, index = torch.sort((ls + entropy).abs(), -1, False)
    before = z.gather(-1, index).softmax(-1).cumsum(-1) < mass
    last = before.sum([-1], True).clamp(0, z.size(-1) - 1)
    drop = distance > distance.gather(-1, last)
    drop[:, :1].fill_(False)
    return z.masked_fill(torch.zeros_like(drop).scatter(1, index, drop), float("-inf"))

  # Inverse of the distribution function at u in [0, 1): (B) uniform numbers, float64, one per row,
  # so that a row's token depends on its own logits and its own number alone.
  def choose(self: __torch__.Kernels, z: Tensor, u: Tensor) -> Tensor:
    c = z.to(7).softmax(-1).cumsum(-1)
    i = torch.searchsorted(c, (u * c[:, -1]).unsqueeze(1), right=True).squeeze(1)
    return i.clamp(0, z.size(-1) - 1)

  def finite(self: __torch__.Kernels, logits: Tensor) -> Tensor:
    return torch.isfinite(logits).all(-1).to(6)

  # log softmax(logits / temperature), all of it (B, V) or at the chosen tokens (B).
  def log_softmax(self: __torch__.Kernels, logits: Tensor) -> Tensor:
    return torch.log_softmax(logits, -1)

  def log_probs(self: __torch__.Kernels, logits: Tensor, temperature: float, chosen: Tensor) -> Tensor:
    return torch.log_softmax(logits / temperature, -1).gather(1, chosen.unsqueeze(1)).squeeze(1)

  # Beam search: the best k of all continuations of each prompt, its beams side by side. scores: B V, log-probabilities;
  # running: B, the beams' own. Gives sums, best first, and flat places row * V + token, both prompt by prompt.
  def best_continuations(self: __torch__.Kernels, scores: Tensor, running: Tensor, prompts: int, k: int) -> Tuple[Tensor, Tensor]:
    sums = (scores + running.unsqueeze(1)).reshape([prompts, -1])
    best, places = torch.topk(sums, k)
    first = torch.arange(prompts, device=places.device).unsqueeze(1) * sums.size(1)
    return (best.reshape([-1]), (places + first).reshape([-1]))

  # x (B V) at flat places
  def values(self: __torch__.Kernels, x: Tensor, places: Tensor) -> Tensor:
    return x.reshape([-1]).index_select(0, places)

  # rows of x (B V), some repeated
  def rows(self: __torch__.Kernels, x: Tensor, index: Tensor) -> Tensor:
    return x.index_select(0, index)
