package org.plumbline.model.chat.jinja;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** JSON as template values. */
final class JsonValues {
  private JsonValues() {}

  static Object of(JsonNode node) {
    if (node.isObject()) {
      Map<Object, Object> dict = new LinkedHashMap<>();
      node.properties().forEach(entry -> dict.put(entry.getKey(), of(entry.getValue())));
      return dict;
    } else if (node.isArray()) {
      List<Object> list = new ArrayList<>();
      node.forEach(item -> list.add(of(item)));
      return list;
    } else if (node.isTextual()) {
      return node.textValue();
    } else if (node.isBoolean()) {
      return node.booleanValue();
    } else if (node.isIntegralNumber()) {
      return Numbers.normal(node.bigIntegerValue());
    }
    return node.isNumber() ? (Object) node.doubleValue() : None.NONE;
  }
}
