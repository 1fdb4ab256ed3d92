package org.plumbline.model.architecture;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import org.plumbline.model.adapter.Adapter;

/** Which adapters take part in each row of a batch or call. */
public sealed interface RowAdapters {
  /** Those of one row; none for the base. */
  List<Adapter> of(int row);

  /** Those of some rows, in this order. */
  RowAdapters at(int[] rows);

  /** Those whose heads may score; rows of different adapters have none of their own. */
  List<Adapter> heads();

  /**
   * Refuses another number of rows than there are adapters for.
   *
   * @throws IllegalArgumentException with both numbers
   */
  void requireRows(int rows);

  /** The same adapters in every row: generation merges them into the weights where it can. */
  static RowAdapters all(List<Adapter> active) {
    return new All(active);
  }

  /**
   * Adapters row by row. Where all rows have the same this is {@link #all}, which takes adapters of
   * every method.
   *
   * @throws IllegalArgumentException as {@link Each}
   */
  static RowAdapters each(List<List<Adapter>> rows) {
    boolean alike = new HashSet<>(rows).size() == 1;
    return alike ? new All(rows.get(0)) : new Each(rows);
  }

  /**
   * The same in every row.
   *
   * @param active none for the base
   */
  record All(List<Adapter> active) implements RowAdapters {
    public All {
      active = List.copyOf(active);
    }

    @Override
    public List<Adapter> of(int row) {
      return active;
    }

    @Override
    public RowAdapters at(int[] rows) {
      return this;
    }

    @Override
    public List<Adapter> heads() {
      return active;
    }

    @Override
    public void requireRows(int rows) {}
  }

  /**
   * Each row its own, computed beside the weights, which stay as they are: an adapter costs nothing
   * until a batch has it.
   *
   * @param rows per row its adapters, none for the base
   */
  record Each(List<List<Adapter>> rows) implements RowAdapters {
    /**
     * Checks the adapters.
     *
     * @throws IllegalArgumentException naming an adapter that is more than low-rank pairs
     */
    public Each {
      rows = rows.stream().map(List::copyOf).toList();
      rows.stream().flatMap(List::stream).distinct().forEach(Each::requirePairs);
    }

    private static void requirePairs(Adapter adapter) {
      adapter
          .besidePairs()
          .ifPresent(
              more -> {
                throw new IllegalArgumentException(
                    "adapter %s (%s) cannot share a batch with other adapters: it has %s, and rows can differ in low-rank pairs on linear layers alone (lora, rslora, lora+, adalora); run its rows in a call of their own"
                        .formatted(adapter.name(), adapter.method().peftType(), more));
              });
    }

    @Override
    public List<Adapter> of(int row) {
      return rows.get(row);
    }

    @Override
    public RowAdapters at(int[] places) {
      return new Each(Arrays.stream(places).mapToObj(rows::get).toList());
    }

    @Override
    public List<Adapter> heads() {
      return List.of();
    }

    @Override
    public void requireRows(int count) {
      if (rows.size() != count) {
        throw new IllegalArgumentException(
            "adapters are given for %d rows but there are %d; needed: a list for each, empty for the base"
                .formatted(rows.size(), count));
      }
    }
  }
}
