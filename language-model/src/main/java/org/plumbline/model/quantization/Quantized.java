package org.plumbline.model.quantization;

import ai.djl.ndarray.NDArray;
import java.util.List;

/**
 * A packed matrix. Whoever gave the manager for it owns the arrays.
 *
 * @param rows of the matrix as it multiplies: outputs
 * @param columns inputs
 * @param block values that share a scale; of int8 the columns
 * @param codes two 4-bit codes a byte, the earlier in the high nibble, uint8 (n/2); or int8 (rows,
 *     columns)
 * @param scales largest magnitude of each block, float32 (n/block), or its 8-bit code, uint8; of
 *     int8 of each row, float32 (rows)
 * @param nested largest magnitudes of the 8-bit scales' blocks of 256, float32; else empty (0)
 * @param offset what 8-bit scales are counted from, float32 (1); else empty (0)
 */
public record Quantized(
    Scheme scheme,
    long rows,
    long columns,
    int block,
    NDArray codes,
    NDArray scales,
    NDArray nested,
    NDArray offset) {
  /** Blocks of 8-bit scales. */
  public static final int NESTED_BLOCK = 256;

  /** True where the scales are quantised too. */
  public boolean doubled() {
    return nested.getShape().size() > 0;
  }

  /** The arrays in the order in which the kernels of quantization.py take them. */
  public List<NDArray> arrays() {
    return List.of(codes, scales, nested, offset);
  }

  /** Bytes of all arrays. */
  public long bytes() {
    return arrays().stream()
        .mapToLong(array -> array.getShape().size() * array.getDataType().getNumOfBytes())
        .sum();
  }
}
