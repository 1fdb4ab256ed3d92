package org.plumbline.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** JSON fields beyond the known ones, kept in their order. */
public final class Fields {
  private Fields() {}

  /** A copy that cannot be changed, in the same order. */
  public static Map<String, JsonNode> copy(Map<String, JsonNode> fields) {
    return Collections.unmodifiableMap(new LinkedHashMap<>(fields));
  }

  /** The fields of an object but these. */
  public static Map<String, JsonNode> except(ObjectNode row, Set<String> known) {
    Map<String, JsonNode> rest = new LinkedHashMap<>();
    row.properties()
        .forEach(
            field -> {
              if (!known.contains(field.getKey())) {
                rest.put(field.getKey(), field.getValue());
              }
            });
    return rest;
  }
}
