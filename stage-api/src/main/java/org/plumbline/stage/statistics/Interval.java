package org.plumbline.stage.statistics;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * An estimate with its 95 % interval.
 *
 * @param n independent units behind it (prompts, or pairs of prompts)
 */
public record Interval(double value, double low, double high, int n) {
  /** The interval of a number known without error. */
  public static Interval exact(double value, int n) {
    return new Interval(value, value, value, n);
  }

  /** The form in files; what is undefined (no such case among the prompts) stands as null. */
  public ObjectNode json() {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    put(node, "value", value);
    put(node, "low", low);
    put(node, "high", high);
    return node.put("n", n);
  }

  private static void put(ObjectNode node, String key, double value) {
    if (Double.isFinite(value)) {
      node.put(key, value);
    } else {
      node.putNull(key);
    }
  }

  /** True if zero lies outside. */
  public boolean excludesZero() {
    return low > 0 || high < 0;
  }
}
