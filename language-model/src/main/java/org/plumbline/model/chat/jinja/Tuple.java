package org.plumbline.model.chat.jinja;

import java.util.List;

/**
 * A Python tuple.
 *
 * @param names of its elements; none, except where a filter makes a named tuple
 */
record Tuple(List<Object> items, List<String> names) {
  static Tuple of(List<Object> items) {
    return new Tuple(items, List.of());
  }

  static Tuple of(Object... items) {
    return new Tuple(List.of(items), List.of());
  }
}
