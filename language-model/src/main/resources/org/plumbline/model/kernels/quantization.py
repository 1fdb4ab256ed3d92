# TorchScript kernels of block-wise quantisation, as bitsandbytes computes and packs it: NF4 and FP4 (Dettmers et al. 2023),
# the 8-bit dynamic code (Dettmers et al. 2022) and rows of int8 (LLM.int8).
# Axes: O out, I in; n = O * I values in row-major order, in blocks of `block`, the last one shorter.
# A packed weight is one list of four tensors:
#   0 codes: uint8 (n / 2), the earlier value in the high nibble; or int8 (O I)
#   1 scales: float32 (n / block); or their 8-bit codes, uint8; or, of int8, the rows' largest magnitudes, float32 (O)
#   2 of 8-bit scales: largest magnitudes of their blocks of 256, float32; else empty
#   3 of 8-bit scales: their offset, float32 (1); else empty
# and two tables serve all weights of a scheme:
#   pairs (256): the two values of each byte as one complex number (8 bytes), dynamic (256): the 8-bit code, float32.
class Kernels(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  # The table of pairs of a 4-bit code, float32 (16).
  def pairs(self: __torch__.Kernels, code: Tensor) -> Tensor:
    b = torch.arange(256, device=code.device)
    high = code.index_select(0, torch.bitwise_right_shift(b, 4))
    low = code.index_select(0, torch.bitwise_and(b, 15))
    return torch.view_as_complex(torch.stack([high, low], 1))

  # A packed weight as a matrix (O I) of the dtype.
  def unpack(self: __torch__.Kernels, w: List[Tensor], pairs: Tensor, dynamic: Tensor, block: int, rows: int, columns: int, dtype: int) -> Tensor:
    out = torch.empty([rows * columns], dtype=dtype, device=w[0].device)
    return self.unpack_into(out, w, pairs, dynamic, block).view([rows, columns])

  # A matrix in the stored orientation of families that keep [in, out].
  def turned(self: __torch__.Kernels, x: Tensor) -> Tensor:
    return x.t().clone(memory_format=0)

  # x (any shape, float) as whole blocks, float32 (B block); what is missing is zero.
  def blocks(self: __torch__.Kernels, x: Tensor, block: int) -> Tensor:
    flat = x.to(6).view([-1])
    if flat.numel() % block != 0:
      flat = torch.constant_pad_nd(flat, [0, block - flat.numel() % block])
    return flat.view([-1, block])

  # Positions of blocks of values, scaled by their largest magnitude, among the bounds between the levels: int32 (B block),
  # and those magnitudes (B).
  def places(self: __torch__.Kernels, x: Tensor, bounds: Tensor) -> Tuple[Tensor, Tensor]:
    top = torch.amax(x.abs(), [-1])
    scaled = (x * torch.reciprocal(top.clamp(1e-38)).unsqueeze(1)).clamp_(-1., 1.)
    return (torch.bucketize(scaled, bounds, out_int32=True), top)

  # 4-bit codes of x, packed (uint8), and the blocks' scales; order: the code of each place. In chunks, which bound the memory.
  def pack_4bit(self: __torch__.Kernels, x: Tensor, bounds: Tensor, order: Tensor, block: int) -> Tuple[Tensor, Tensor]:
    flat = x.reshape([-1])
    n = flat.numel()
    codes = torch.empty([(n + 1) // 2], dtype=0, device=x.device)
    scales = torch.empty([(n + block - 1) // block], dtype=6, device=x.device)
    start = 0
    while start < n:
      end = min(start + 1048576, n)
      places, top = self.places(self.blocks(flat[start:end], block), bounds)
      code = order.index_select(0, places.view([-1])[0:end - start + end % 2]).view([-1, 2])
      codes[start // 2:(end + 1) // 2].copy_(torch.bitwise_or(torch.bitwise_left_shift(code[:, 0], 4), code[:, 1]))
      scales[start // block:(end + block - 1) // block].copy_(top)
      start = end
    return (codes, scales)

  # 8-bit codes of x in its shape (uint8), and the blocks' largest magnitudes.
  def pack_8bit(self: __torch__.Kernels, x: Tensor, bounds: Tensor, block: int) -> Tuple[Tensor, Tensor]:
    places, top = self.places(self.blocks(x, block), bounds)
    return (places.view([-1])[0:x.numel()].to(0).view(x.size()), top)

  # Double quantisation of the scales: 8-bit codes of what they differ from their mean, blocks of 256.
  def pack_scales(self: __torch__.Kernels, scales: Tensor, bounds: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
    offset = scales.mean()
    codes, top = self.pack_8bit(scales - offset, bounds, 256)
    return (codes, top, offset.view([1]))

  # Rows of int8 and their largest magnitudes, in chunks of rows.
  def pack_rows(self: __torch__.Kernels, x: Tensor) -> Tuple[Tensor, Tensor]:
    codes = torch.empty_like(x, dtype=1)
    top = torch.empty([x.size(0)], dtype=6, device=x.device)
    step = max(1, 1048576 // max(1, x.size(1)))
    start = 0
    while start < x.size(0):
      end = min(start + step, x.size(0))
      rows = x[start:end].to(6)
      most = torch.amax(rows.abs(), [-1])
      codes[start:end].copy_((rows * (127. / most.clamp(1e-38)).unsqueeze(1)).round_().clamp_(-127., 127.))
      top[start:end].copy_(most)
      start = end
    return (codes, top)

  # 1 if all of x is finite.
  def all_finite(self: __torch__.Kernels, x: Tensor) -> Tensor:
    return torch.isfinite(x).all().to(6)
