  # Methods that several scripts have: how packed weights become values. A weight is a list of arrays as in quantization.py.

  # float32 scales of the blocks.
  def scales(self: __torch__.Kernels, w: List[Tensor], dynamic: Tensor) -> Tensor:
    if w[1].dtype == 6:
      return w[1]
    return self.unpack_8bit(w[1], w[2], dynamic, 256).add_(w[3])

  # Writes the values of a packed weight into `out` (n, float32 or bfloat16): looked up and multiplied in float32, rounded once.
  # Pairs are looked up as complex numbers: one index per two weights, and no loop over a second axis.
  def unpack_into(self: __torch__.Kernels, out: Tensor, w: List[Tensor], pairs: Tensor, dynamic: Tensor, block: int) -> Tensor:
    if w[0].dtype == 1:
      return self.unpack_rows(out, w)
    scales = self.scales(w, dynamic)
    whole = out.numel() - out.numel() % block
    start = 0
    while start < whole:
      end = min(start + 524288, whole)
      values = torch.view_as_real(pairs.index_select(0, w[0][start // 2:end // 2].to(3)))
      torch.mul(values.view([-1, block]), scales[start // block:end // block].unsqueeze(1), out=out[start:end].view([-1, block]))
      start = end
    if whole < out.numel():
      rest = torch.view_as_real(pairs.index_select(0, w[0][whole // 2:].to(3))).view([-1])[0:out.numel() - whole]
      out[whole:].copy_(rest * scales[whole // block])
    return out

  # The same for rows of int8, a few at a time: bytes become float32 before anything is multiplied.
  def unpack_rows(self: __torch__.Kernels, out: Tensor, w: List[Tensor]) -> Tensor:
    into = out.view(w[0].size())
    factors = (w[1] * 0.007874015718698502).unsqueeze(1)
    step = max(1, 524288 // max(1, into.size(1)))
    start = 0
    while start < into.size(0):
      end = min(start + step, into.size(0))
      torch.mul(w[0][start:end].to(6), factors[start:end], out=into[start:end])
      start = end
    return out

  # float32 values of 8-bit codes, in their shape.
  def unpack_8bit(self: __torch__.Kernels, codes: Tensor, top: Tensor, code: Tensor, block: int) -> Tensor:
    values = code.index_select(0, codes.reshape([-1]).to(3))
    whole = values.numel() - values.numel() % block
    values[0:whole].view([-1, block]).mul_(top[0:whole // block].unsqueeze(1))
    if whole < values.numel():
      values[whole:].mul_(top[whole // block])
    return values.view(codes.size())
