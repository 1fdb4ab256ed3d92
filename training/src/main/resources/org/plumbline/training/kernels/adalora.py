# AdaLoRA's importance and penalty (Zhang et al. 2023). A: R in; B: out R; E: R 1.
class Kernels(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  # Running means of the sensitivity |p dL/dp| and of its uncertainty (equations 9 to 11), in place.
  def observe(self: __torch__.Kernels, values: List[Tensor], gradients: List[Tensor], means: List[Tensor], spreads: List[Tensor], beta1: float, beta2: float) -> Tensor:
    for i in range(len(values)):
      seen = (values[i].detach() * gradients[i]).abs()
      means[i].mul_(beta1).add_(seen, alpha=1. - beta1)
      spreads[i].mul_(beta2).add_((seen - means[i]).abs(), alpha=1. - beta2)
    return means[0]

  # Importance of each triplet of one module (equation 7): its singular value's, and the means of its row and column.
  def importance(self: __torch__.Kernels, means: List[Tensor], spreads: List[Tensor]) -> Tensor:
    a = (means[0] * spreads[0]).mean(1)
    b = (means[1] * spreads[1]).mean(0)
    e = (means[2] * spreads[2]).view([-1])
    return e + a + b

  # weight * mean ||P P^T - I|| over all A, and B^T likewise (equation 4); its gradient is added to those given.
  def orthogonal(self: __torch__.Kernels, downs: List[Tensor], ups: List[Tensor], down_grads: List[Tensor], up_grads: List[Tensor], weight: float) -> Tensor:
    total = torch.zeros([], dtype=6, device=downs[0].device)
    share = weight / float(2 * len(downs))
    for i in range(len(downs)):
      a = downs[i].detach()
      d = torch.matmul(a, a.t()) - torch.eye(a.size(0), dtype=6, device=a.device)
      n = torch.linalg_vector_norm(d)
      total = total + n * share
      down_grads[i].add_(torch.matmul(d, a) / n.clamp_min(1e-12), alpha=2. * share)
      b = ups[i].detach()
      d = torch.matmul(b.t(), b) - torch.eye(b.size(1), dtype=6, device=b.device)
      n = torch.linalg_vector_norm(d)
      total = total + n * share
      up_grads[i].add_(torch.matmul(b, d) / n.clamp_min(1e-12), alpha=2. * share)
    return total

  # Singular values whose mask is 0 become 0.
  def cut(self: __torch__.Kernels, values: List[Tensor], masks: List[Tensor]) -> Tensor:
    for i in range(len(values)):
      values[i].detach().mul_(masks[i])
    return masks[0]
