# TorchScript kernels that carry tensors over the border: dtype codes are ATen's (0 uint8, 1 int8, 3 int32,
# 4 int64, 5 float16, 6 float32, 7 float64, 15 bfloat16).
class Kernels(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  # A copy of x in another dtype; x may stand on a buffer that is used again.
  def take(self: __torch__.Kernels, x: Tensor, dtype: int) -> Tensor:
    return x.to(dtype, False, True)

  # A matrix to be filled, and rows written into it.
  def unfilled(self: __torch__.Kernels, like: Tensor, rows: int, columns: int, dtype: int) -> Tensor:
    return torch.empty([rows, columns], dtype=dtype, device=like.device)

  def place_rows(self: __torch__.Kernels, into: Tensor, x: Tensor, start: int) -> Tensor:
    return into[start:start + x.size(0)].copy_(x)

  # float32 values of x rounded to the stored dtype.
  def rounded(self: __torch__.Kernels, x: Tensor, stored: int) -> Tensor:
    return x.detach().to(stored).to(6).contiguous().cpu()

  def cast(self: __torch__.Kernels, x: Tensor, dtype: int) -> Tensor:
    return x.to(dtype)

  def add_lists(self: __torch__.Kernels, into: List[Tensor], more: List[Tensor]) -> Tensor:
    for i in range(len(into)):
      into[i].add_(more[i])
    return into[0]

  def zeros_like(self: __torch__.Kernels, like: List[Tensor]) -> List[Tensor]:
    out : List[Tensor] = []
    for x in like:
      out.append(torch.zeros_like(x, dtype=6))
    return out

  def square_sums(self: __torch__.Kernels, xs: List[Tensor]) -> Tensor:
    out : List[Tensor] = []
    for x in xs:
      out.append(x.to(7).square().sum())
    return torch.stack(out)

  def scale(self: __torch__.Kernels, xs: List[Tensor], factor: float) -> Tensor:
    for x in xs:
      x.mul_(factor)
    return xs[0]

  def copy(self: __torch__.Kernels, into: Tensor, source: Tensor) -> Tensor:
    return into.copy_(source)

  def seed(self: __torch__.Kernels, x: Tensor, seed: int) -> Tensor:
    torch.manual_seed(seed)
    return x
