package org.plumbline.training;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.commons.rng.UniformRandomProvider;
import org.plumbline.stage.RandomStreams;

/**
 * Which rows a step sees: each epoch is a permutation of its own, a function of seed and epoch
 * alone, so the position in the data is the step number and nothing else. Grouped by length, the
 * rows of {@value #BLOCK} batches at a time are dealt to batches of like length, and these
 * shuffled: less padding, nearly the same order.
 */
public final class RowOrder {
  private static final int BLOCK = 50;

  private final long seed;
  private final int rows;
  private final int[] lengths;
  private final int groupSize;
  private long epoch = -1;
  private int[] order = new int[0];

  /** Order over this many rows, at least one. */
  public RowOrder(long seed, int rows) {
    this(seed, rows, new int[0], 0);
  }

  private RowOrder(long seed, int rows, int[] lengths, int groupSize) {
    this.seed = seed;
    this.rows = rows;
    this.lengths = lengths;
    this.groupSize = groupSize;
  }

  /**
   * Order over rows of these lengths, batches of like length.
   *
   * @param batchSize rows per step
   */
  static RowOrder byLength(long seed, int[] lengths, int batchSize) {
    return new RowOrder(seed, lengths.length, lengths, batchSize);
  }

  /** Row numbers of a step, from 0; runs on into the next epoch where one ends. */
  public int[] step(long step, int batchSize) {
    int[] batch = new int[batchSize];
    for (int i = 0; i < batchSize; i++) {
      long position = step * batchSize + i;
      load(position / rows);
      batch[i] = order[(int) (position % rows)];
    }
    return batch;
  }

  private void load(long wanted) {
    if (wanted != epoch) {
      epoch = wanted;
      order = RandomStreams.permutation(rows, RandomStreams.of(seed, "row-order", epoch));
      if (groupSize > 0) {
        order = grouped(order);
      }
    }
  }

  private int[] grouped(int[] shuffled) {
    UniformRandomProvider random = RandomStreams.of(seed, "batch-order", epoch);
    int[] dealt = new int[rows];
    int at = 0;
    for (int from = 0; from < rows; from += BLOCK * groupSize) {
      List<Integer> block = new ArrayList<>();
      for (int i = from; i < Math.min(rows, from + BLOCK * groupSize); i++) {
        block.add(shuffled[i]);
      }
      block.sort(Comparator.comparingInt(row -> lengths[row]));
      int batches = (block.size() + groupSize - 1) / groupSize;
      for (int batch : RandomStreams.permutation(batches, random)) {
        for (int i = batch * groupSize; i < Math.min(block.size(), (batch + 1) * groupSize); i++) {
          dealt[at++] = block.get(i);
        }
      }
    }
    return dealt;
  }

  /** Splits rows into parts of at most {@code size}, rows of like length together. */
  static <T> List<List<T>> parts(List<T> rows, int size, Objective<T> objective) {
    List<T> sorted = new ArrayList<>(rows);
    if (rows.size() > size) {
      sorted.sort(Comparator.comparingInt(objective::length));
    }
    List<List<T>> parts = new ArrayList<>();
    for (int from = 0; from < sorted.size(); from += size) {
      parts.add(sorted.subList(from, Math.min(from + size, sorted.size())));
    }
    return parts;
  }
}
