package org.plumbline.model.chat.jinja;

import java.math.BigInteger;
import java.util.List;
import java.util.Map;

/** Which values count as true. */
final class Truth {
  private Truth() {}

  static boolean of(Object value) {
    if (value instanceof Boolean truth) {
      return truth;
    } else if (value instanceof String text) {
      return !text.isEmpty();
    } else if (value instanceof Markup markup) {
      return !markup.text().isEmpty();
    } else if (value instanceof List<?> list) {
      return !list.isEmpty();
    } else if (value instanceof Map<?, ?> dict) {
      return !dict.isEmpty();
    } else if (value instanceof Long number) {
      return number != 0;
    } else if (value instanceof Double number) {
      return number != 0;
    } else if (value instanceof BigInteger number) {
      return number.signum() != 0;
    }
    return ofHelper(value);
  }

  private static boolean ofHelper(Object value) {
    if (value instanceof Undefined || value == None.NONE) {
      return false;
    } else if (value instanceof Tuple tuple) {
      return !tuple.items().isEmpty();
    } else if (value instanceof View view) {
      return !view.items().isEmpty();
    }
    return !(value instanceof Range range) || range.size() > 0;
  }
}
