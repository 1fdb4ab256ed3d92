package org.plumbline.data.format;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.rng.UniformRandomProvider;
import org.plumbline.stage.Json;

/** Breaks a row: its values, its structure, or its bytes. */
final class Damage {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private Damage() {}

  static byte[] of(String row, UniformRandomProvider random) {
    String damaged = row;
    try {
      JsonNode tree = Json.mapper().readTree(row);
      for (int i = random.nextInt(3); i > 0; i--) {
        change(tree, random);
      }
      damaged = tree.toString();
    } catch (JsonProcessingException e) {
      // a table: its bytes alone are broken
    }
    byte[] bytes = damaged.getBytes(StandardCharsets.UTF_8);
    for (int i = random.nextInt(3); i > 0 && bytes.length > 1; i--) {
      bytes = broken(bytes, random);
    }
    return bytes;
  }

  /** Changes one value somewhere in the tree. */
  private static void change(JsonNode tree, UniformRandomProvider random) {
    List<JsonNode> containers = new ArrayList<>();
    collect(tree, containers);
    JsonNode chosen = containers.get(random.nextInt(containers.size()));
    if (chosen instanceof ObjectNode object && !object.isEmpty()) {
      List<String> names = new ArrayList<>();
      object.fieldNames().forEachRemaining(names::add);
      String name = names.get(random.nextInt(names.size()));
      if (random.nextInt(4) == 0) {
        object.remove(name);
      } else {
        object.set(name, value(random));
      }
    } else if (chosen instanceof ArrayNode array) {
      if (array.isEmpty() || random.nextBoolean()) {
        array.add(value(random));
      } else if (random.nextBoolean()) {
        array.remove(random.nextInt(array.size()));
      } else {
        array.set(random.nextInt(array.size()), value(random));
      }
    }
  }

  private static void collect(JsonNode node, List<JsonNode> containers) {
    if (node.isContainerNode()) {
      containers.add(node);
      node.forEach(inner -> collect(inner, containers));
    }
  }

  private static JsonNode value(UniformRandomProvider random) {
    return switch (random.nextInt(14)) {
      case 0 -> NODES.nullNode();
      case 1 -> NODES.booleanNode(random.nextBoolean());
      case 2 -> NODES.numberNode(random.nextInt(5) - 1);
      case 3 -> NODES.numberNode(1e300 * random.nextDouble());
      case 4 -> NODES.numberNode(Long.MIN_VALUE);
      case 5 -> NODES.textNode("");
      case 6 -> NODES.textNode("\u0000");
      case 7 -> NODES.textNode("\ud83d");
      case 8 -> NODES.textNode("x".repeat(random.nextInt(5000)));
      case 9 -> NODES.arrayNode();
      case 10 -> NODES.objectNode();
      case 11 -> NODES.arrayNode().add(NODES.objectNode().put("role", "text").put("content", "t"));
      case 12 ->
          NODES
              .arrayNode()
              .add(NODES.objectNode().put("role", "assistant").put("content", ""))
              .add(NODES.objectNode().put("id", 1));
      default -> NODES.textNode("\n\nHuman:\n\nAssistant:");
    };
  }

  private static byte[] broken(byte[] bytes, UniformRandomProvider random) {
    int at = random.nextInt(bytes.length);
    byte[] copy = bytes.clone();
    switch (random.nextInt(5)) {
      case 0 -> copy[at] = (byte) random.nextInt(256);
      case 1 -> copy[at] ^= (byte) (1 << random.nextInt(8));
      case 2 -> {
        return Arrays.copyOf(bytes, at + 1);
      }
      case 3 -> copy[at] = "{}[]\",:\n\\".getBytes(StandardCharsets.UTF_8)[random.nextInt(9)];
      default -> {
        int length = Math.min(bytes.length - at, 20);
        System.arraycopy(bytes, at, copy, random.nextInt(bytes.length - length + 1), length);
      }
    }
    return copy;
  }
}
