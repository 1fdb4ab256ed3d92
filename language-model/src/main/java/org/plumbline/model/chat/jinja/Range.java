package org.plumbline.model.chat.jinja;

import java.util.AbstractList;
import java.util.List;

/** Python's range, no longer than the sandbox allows. */
record Range(long start, long stop, long step) {
  private static final int MAX = 100_000;

  Range {
    if (step == 0) {
      throw PythonError.value("range() arg 3 must not be zero");
    }
    if (count(start, stop, step) > MAX) {
      throw PythonError.overflow(
          "Range too big. The sandbox blocks ranges larger than MAX_RANGE (%d).", MAX);
    }
  }

  private static long count(long start, long stop, long step) {
    double exact = Math.ceil(((double) stop - start) / step);
    return (long) Math.max(0, exact);
  }

  int size() {
    return (int) count(start, stop, step);
  }

  /** Its numbers, as a list that computes them. */
  List<Object> items() {
    return new AbstractList<>() {
      @Override
      public Object get(int index) {
        return start + index * step;
      }

      @Override
      public int size() {
        return Range.this.size();
      }
    };
  }
}
