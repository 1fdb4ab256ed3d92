package org.plumbline.data.format;

import java.util.OptionalDouble;

/** Numbers that are written as texts. */
final class Numbers {
  private Numbers() {}

  static OptionalDouble parse(String text) {
    try {
      double value = Double.parseDouble(text.strip());
      return Double.isFinite(value) ? OptionalDouble.of(value) : OptionalDouble.empty();
    } catch (NumberFormatException e) {
      return OptionalDouble.empty();
    }
  }
}
