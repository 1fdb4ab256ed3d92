package org.plumbline.training;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.plumbline.stage.RandomStreams;

/**
 * Which rows a step sees: each epoch is a permutation of its own, a function of seed and epoch
 * alone, so the position in the data is the step number and nothing else.
 */
public final class RowOrder {
  private final long seed;
  private final int rows;
  private long epoch = -1;
  private int[] order = new int[0];

  /** Order over this many rows, at least one. */
  public RowOrder(long seed, int rows) {
    this.seed = seed;
    this.rows = rows;
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
    }
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
