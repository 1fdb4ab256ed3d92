# Several low-rank pairs (A: R in; B: out R) of one module as one, scales in the weights, float32. Rows and columns of 0
# fill it up to `rank`.
class Kernels(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  def filled(self: __torch__.Kernels, a: Tensor, b: Tensor, rank: int) -> Tuple[Tensor, Tensor]:
    more = rank - a.size(0)
    if more <= 0:
      return (a[:rank].contiguous(), b[:, :rank].contiguous())
    rows = torch.zeros([more, a.size(1)], dtype=6, device=a.device)
    columns = torch.zeros([b.size(0), more], dtype=6, device=a.device)
    return (torch.cat([a, rows], 0), torch.cat([b, columns], 1))

  # A = sum_i sign(w_i) sqrt|w_i| A_i, B = sum_i sqrt|w_i| B_i: cheap, and equal to the sum of the products for one adapter alone.
  def linear(self: __torch__.Kernels, downs: List[Tensor], ups: List[Tensor], weights: List[float], rank: int) -> Tuple[Tensor, Tensor]:
    a = torch.zeros_like(downs[0])
    b = torch.zeros_like(ups[0])
    for i in range(len(downs)):
      w = weights[i]
      sign = 1.
      if w < 0.:
        sign = -1.
      root = abs(w) ** 0.5
      a = a + downs[i] * (root * sign)
      b = b + ups[i] * root
    return self.filled(a, b, rank)

  # The sum of the products itself.
  def cat(self: __torch__.Kernels, downs: List[Tensor], ups: List[Tensor], weights: List[float], rank: int) -> Tuple[Tensor, Tensor]:
    rows : List[Tensor] = []
    for i in range(len(downs)):
      rows.append(downs[i] * weights[i])
    return self.filled(torch.cat(rows, 0), torch.cat(ups, 1), rank)

  # The pair of that rank that is nearest to the sum of the products.
  def svd(self: __torch__.Kernels, downs: List[Tensor], ups: List[Tensor], weights: List[float], rank: int) -> Tuple[Tensor, Tensor]:
    delta = torch.zeros([ups[0].size(0), downs[0].size(1)], dtype=6, device=downs[0].device)
    for i in range(len(downs)):
      delta = delta + torch.matmul(ups[i], downs[i]) * weights[i]
    u, s, v = torch.linalg_svd(delta, False)
    return self.filled(v, u * s, rank)
