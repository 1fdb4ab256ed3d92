package org.plumbline.model.architecture;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;

/**
 * Token sequences of unequal length, padded on the right. No real token sees the padding, and
 * positions count real tokens, so neighbours and padding never change a result.
 *
 * @param ids B × T token ids, row-major; padding holds id 0
 * @param lengths real tokens of each row
 * @param width T, the longest row
 * @param segments B × T: which sequence of a packed row each token belongs to; empty where rows
 *     hold one each
 * @param types B × T token types of encoders; empty where all are 0
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier of numbers, never compared
public record TokenBatch(long[] ids, int[] lengths, int width, long[] segments, long[] types) {
  /** Pads the rows to the longest of them. */
  public static TokenBatch of(List<int[]> rows) {
    int width = rows.stream().mapToInt(row -> row.length).max().orElse(0);
    if (width == 0) {
      throw new IllegalArgumentException("a batch needs at least one row with at least one token");
    }
    int[] lengths = rows.stream().mapToInt(row -> row.length).toArray();
    return new TokenBatch(padded(rows, width, 0), lengths, width, new long[0], new long[0]);
  }

  /**
   * Rows of several sequences each: none sees another, and positions begin anew with each.
   *
   * @param rows per row its sequences
   */
  public static TokenBatch packed(List<List<int[]>> rows) {
    List<int[]> joined =
        rows.stream().map(row -> row.stream().flatMapToInt(Arrays::stream).toArray()).toList();
    List<int[]> segments = rows.stream().map(TokenBatch::segmentsOf).toList();
    TokenBatch batch = of(joined);
    long[] padded = padded(segments, batch.width(), -1);
    return new TokenBatch(batch.ids(), batch.lengths(), batch.width(), padded, new long[0]);
  }

  /** The same rows with token types. */
  public TokenBatch withTypes(List<int[]> rows) {
    return new TokenBatch(ids, lengths, width, segments, padded(rows, width, 0));
  }

  /**
   * The same rows behind virtual tokens.
   *
   * @param count virtual tokens in front of each row
   * @param first id of the first of them; the others follow
   */
  TokenBatch behind(int count, int first) {
    if (isPacked()) {
      throw new IllegalArgumentException(
          "rows of several texts (packing) cannot have virtual tokens or a prefix in front of each");
    }
    int wide = width + count;
    long[] all = new long[rows() * wide];
    long[] allTypes = new long[types.length == 0 ? 0 : all.length];
    for (int b = 0; b < rows(); b++) {
      for (int i = 0; i < count; i++) {
        all[b * wide + i] = first + i;
      }
      System.arraycopy(ids, b * width, all, b * wide + count, width);
      if (types.length > 0) {
        System.arraycopy(types, b * width, allTypes, b * wide + count, width);
      }
    }
    int[] longer = Arrays.stream(lengths).map(length -> length + count).toArray();
    return new TokenBatch(all, longer, wide, segments, allTypes);
  }

  private static int[] segmentsOf(List<int[]> sequences) {
    int[] segments = new int[sequences.stream().mapToInt(ids -> ids.length).sum()];
    int at = 0;
    for (int i = 0; i < sequences.size(); i++) {
      Arrays.fill(segments, at, at + sequences.get(i).length, i);
      at += sequences.get(i).length;
    }
    return segments;
  }

  private static long[] padded(List<int[]> rows, int width, int fill) {
    long[] flat = new long[rows.size() * width];
    Arrays.fill(flat, fill);
    for (int b = 0; b < rows.size(); b++) {
      for (int t = 0; t < rows.get(b).length; t++) {
        flat[b * width + t] = rows.get(b)[t];
      }
    }
    return flat;
  }

  /** Number of rows, B. */
  public int rows() {
    return lengths.length;
  }

  /** Whether rows hold several sequences. */
  public boolean isPacked() {
    return segments.length > 0;
  }

  /** Whether some row is shorter than the widest. */
  public boolean isPadded() {
    return Arrays.stream(lengths).anyMatch(length -> length < width);
  }

  /** Lengths of all sequences, row by row. */
  int[] sequenceLengths() {
    if (!isPacked()) {
      return lengths.clone();
    }
    List<Integer> found = new ArrayList<>();
    for (int b = 0; b < rows(); b++) {
      for (int t = 0; t < lengths[b]; t++) {
        if (t == 0 || segments[b * width + t] != segments[b * width + t - 1]) {
          found.add(0);
        }
        found.set(found.size() - 1, found.get(found.size() - 1) + 1);
      }
    }
    return found.stream().mapToInt(Integer::intValue).toArray();
  }

  /** Positions: counted from each sequence's first token; one row for all where none is packed. */
  long[] positions() {
    return positions(new long[0]);
  }

  /**
   * {@link #positions()} with something added to those of each sequence.
   *
   * @param offsets one per sequence; empty for none
   */
  long[] positions(long[] offsets) {
    boolean apart = Arrays.stream(offsets).anyMatch(offset -> offset != offsets[0]);
    if (!isPacked() && !apart) {
      long offset = offsets.length == 0 ? 0 : offsets[0];
      return LongStream.range(offset, offset + width).toArray();
    }
    // Padding stays at 0: tables reach no further than the sequences that read from them.
    long[] positions = new long[ids.length];
    int sequence = -1;
    for (int i = 0; i < positions.length; i++) {
      if (i % width < lengths[i / width]) {
        boolean first = i % width == 0 || isPacked() && segments[i] != segments[i - 1];
        sequence += first ? 1 : 0;
        long start = offsets.length == 0 ? 0 : offsets[sequence];
        positions[i] = first ? start : positions[i - 1] + 1;
      }
    }
    return positions;
  }

  /** In place of a flat index: what stands first in row b, be it a virtual token. */
  public static long front(int b) {
    return -1L - b;
  }

  /** Flat index of position t in row b, for picking rows of hidden states. */
  public long index(int b, int t) {
    return (long) b * width + t;
  }
}
