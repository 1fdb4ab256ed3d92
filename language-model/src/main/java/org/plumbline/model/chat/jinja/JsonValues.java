package org.plumbline.model.chat.jinja;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** JSON as template values, and how much of it there is. */
final class JsonValues {
  private static final int CHARACTERS_PER_DATUM = 16;

  private long size;

  /** A template's variables. */
  Map<String, Object> variables(ObjectNode variables) {
    Map<String, Object> values = new HashMap<>();
    variables.properties().forEach(entry -> values.put(entry.getKey(), of(entry.getValue())));
    return values;
  }

  /** Number of values converted so far, long texts counting for several. */
  long size() {
    return size;
  }

  private Object of(JsonNode node) {
    size++;
    if (node.isObject()) {
      Map<Object, Object> dict = new LinkedHashMap<>();
      node.properties().forEach(entry -> dict.put(entry.getKey(), of(entry.getValue())));
      return dict;
    } else if (node.isArray()) {
      List<Object> list = new ArrayList<>();
      node.forEach(item -> list.add(of(item)));
      return list;
    } else if (node.isTextual()) {
      size += node.textValue().length() / CHARACTERS_PER_DATUM;
      return node.textValue();
    } else if (node.isBoolean()) {
      return node.booleanValue();
    } else if (node.isIntegralNumber()) {
      return Numbers.normal(node.bigIntegerValue());
    }
    return node.isNumber() ? (Object) node.doubleValue() : None.NONE;
  }
}
