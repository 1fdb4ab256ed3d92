package org.plumbline.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Numbers out of golden JSON. Nested arrays are flattened in reading order (row-major). */
public final class JsonNumbers {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private JsonNumbers() {}

  /** The JSON document in a file. */
  public static JsonNode read(Path file) throws IOException {
    return MAPPER.readTree(file.toFile());
  }

  /** All numbers below {@code node}; a null is an error. */
  public static double[] doubles(JsonNode node) {
    return leaves(node).stream().mapToDouble(JsonNumbers::number).toArray();
  }

  /** All numbers below {@code node}, with {@code forNull} where the file says null. */
  public static double[] doubles(JsonNode node, double forNull) {
    return leaves(node).stream()
        .mapToDouble(leaf -> leaf.isNull() ? forNull : number(leaf))
        .toArray();
  }

  /** All numbers below {@code node}, rounded to float; a null is an error. */
  public static float[] floats(JsonNode node) {
    return narrow(doubles(node));
  }

  /** All numbers below {@code node}, rounded to float, with {@code forNull} for null. */
  public static float[] floats(JsonNode node, float forNull) {
    return narrow(doubles(node, forNull));
  }

  /** All whole numbers below {@code node}; a fraction is an error. */
  public static long[] longs(JsonNode node) {
    return leaves(node).stream().mapToLong(JsonNumbers::whole).toArray();
  }

  /** All whole numbers below {@code node} that fit 32 bits. */
  public static int[] ints(JsonNode node) {
    return leaves(node).stream().mapToInt(leaf -> Math.toIntExact(whole(leaf))).toArray();
  }

  /** Extents of a nested array, outermost first; ragged arrays are an error. */
  public static long[] shape(JsonNode node) {
    List<Long> extents = new ArrayList<>();
    JsonNode level = node;
    while (level.isArray()) {
      extents.add((long) level.size());
      if (level.isEmpty()) {
        break;
      }
      level = level.get(0);
    }
    long product = extents.stream().mapToLong(Long::longValue).reduce(1, (a, b) -> a * b);
    int leaves = leaves(node).size();
    if (product != leaves) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "ragged array: shape %s but %d numbers", extents, leaves));
    }
    return extents.stream().mapToLong(Long::longValue).toArray();
  }

  private static List<JsonNode> leaves(JsonNode node) {
    if (node.isMissingNode() || node.isObject()) {
      throw new IllegalArgumentException("not an array of numbers: " + node.getNodeType());
    }
    List<JsonNode> leaves = new ArrayList<>();
    collect(node, leaves);
    return leaves;
  }

  private static void collect(JsonNode node, List<JsonNode> leaves) {
    if (node.isArray()) {
      node.forEach(child -> collect(child, leaves));
    } else {
      leaves.add(node);
    }
  }

  private static double number(JsonNode leaf) {
    if (!leaf.isNumber()) {
      throw new IllegalArgumentException("not a number: " + leaf);
    }
    return leaf.doubleValue();
  }

  private static long whole(JsonNode leaf) {
    if (!leaf.isIntegralNumber() || !leaf.canConvertToLong()) {
      throw new IllegalArgumentException("not a whole number: " + leaf);
    }
    return leaf.longValue();
  }

  private static float[] narrow(double[] values) {
    float[] result = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      result[i] = (float) values[i];
    }
    return result;
  }
}
