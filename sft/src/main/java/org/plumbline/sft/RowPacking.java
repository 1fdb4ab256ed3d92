package org.plumbline.sft;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToIntFunction;

/** Several sequences in one row, so that less of a batch is padding. */
final class RowPacking {
  /** Items looked at together: the work grows with their square. */
  private static final int BLOCK = 1024;

  private RowPacking() {}

  /**
   * First-fit decreasing (Johnson 1974): the longest item first, each into the first row that has
   * room for it. Packing the items of some of these rows again gives the same rows.
   *
   * @param length of an item, in tokens
   * @param capacity of a row, in tokens; a longer item has a row of its own
   * @return all items, by row
   */
  static <T> List<List<T>> rows(List<T> items, ToIntFunction<T> length, int capacity) {
    List<List<T>> rows = new ArrayList<>();
    for (int from = 0; from < items.size(); from += BLOCK) {
      List<T> block = new ArrayList<>(items.subList(from, Math.min(from + BLOCK, items.size())));
      block.sort(Comparator.comparingInt(length).reversed());
      rows.addAll(firstFit(block, length, capacity));
    }
    return rows;
  }

  private static <T> List<List<T>> firstFit(List<T> sorted, ToIntFunction<T> length, int capacity) {
    List<List<T>> rows = new ArrayList<>();
    List<Integer> filled = new ArrayList<>();
    for (T item : sorted) {
      int size = length.applyAsInt(item);
      int row = 0;
      while (row < rows.size() && filled.get(row) + size > capacity) {
        row++;
      }
      if (row == rows.size()) {
        rows.add(new ArrayList<>());
        filled.add(0);
      }
      rows.get(row).add(item);
      filled.set(row, filled.get(row) + size);
    }
    return rows;
  }
}
