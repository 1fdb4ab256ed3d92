package org.plumbline.model.architecture;

import java.util.List;

/**
 * Token sequences of unequal length, padded on the right. With causal attention no real token sees
 * the padding, and positions count real tokens, so neighbours and padding never change a result.
 *
 * @param ids B × T token ids, row-major; padding holds id 0
 * @param lengths real tokens of each row
 * @param width T, the longest row
 */
public record TokenBatch(long[] ids, int[] lengths, int width) {
  /** Pads the rows to the longest of them. */
  public static TokenBatch of(List<int[]> rows) {
    int width = rows.stream().mapToInt(row -> row.length).max().orElse(0);
    if (width == 0) {
      throw new IllegalArgumentException("a batch needs at least one row with at least one token");
    }
    long[] ids = new long[rows.size() * width];
    int[] lengths = new int[rows.size()];
    for (int b = 0; b < rows.size(); b++) {
      int[] row = rows.get(b);
      lengths[b] = row.length;
      for (int t = 0; t < row.length; t++) {
        ids[b * width + t] = row[t];
      }
    }
    return new TokenBatch(ids, lengths, width);
  }

  /** Number of rows, B. */
  public int rows() {
    return lengths.length;
  }

  /** Flat index of position t in row b, for picking rows of hidden states. */
  public long index(int b, int t) {
    return (long) b * width + t;
  }
}
