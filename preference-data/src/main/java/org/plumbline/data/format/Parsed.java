package org.plumbline.data.format;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.plumbline.data.DatasetShape;
import org.plumbline.data.SkipReason;

/**
 * What a row became.
 *
 * @param values none, one, or several where a row holds the work of several annotators
 * @param skips what of it is kept out, and why
 */
record Parsed<T>(DatasetShape shape, List<T> values, List<Skip> skips) {
  /** Something kept out. */
  record Skip(SkipReason reason, String detail) {}

  Parsed {
    values = List.copyOf(values);
    skips = List.copyOf(skips);
  }

  static <T> Parsed<T> kept(DatasetShape shape, T value) {
    return new Parsed<>(shape, List.of(value), List.of());
  }

  static <T> Parsed<T> skipped(DatasetShape shape, SkipReason reason, String detail) {
    return new Parsed<>(shape, List.of(), List.of(new Skip(reason, detail)));
  }

  /** Nothing yet: the row waits for its neighbours. */
  static <T> Parsed<T> waiting(DatasetShape shape) {
    return new Parsed<>(shape, List.of(), List.of());
  }

  /** All parts of one row. */
  static <T> Parsed<T> all(DatasetShape shape, List<Parsed<T>> parts) {
    List<T> values = new ArrayList<>();
    List<Skip> skips = new ArrayList<>();
    for (Parsed<T> part : parts) {
      values.addAll(part.values());
      skips.addAll(part.skips());
    }
    return new Parsed<>(shape, values, skips);
  }

  /** The same row as other values; one that becomes none is kept out for this reason. */
  <U> Parsed<U> map(Function<T, List<U>> function, SkipReason none, String detail) {
    List<U> mapped = new ArrayList<>();
    List<Skip> all = new ArrayList<>(skips);
    for (T value : values) {
      List<U> made = function.apply(value);
      mapped.addAll(made);
      if (made.isEmpty()) {
        all.add(new Skip(none, detail));
      }
    }
    return new Parsed<>(shape, mapped, all);
  }
}
