package org.plumbline.stage;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.Optional;

/** Characters that cannot be kept: half surrogate pairs are no UTF-8, NUL ends texts elsewhere. */
public final class BadText {
  private BadText() {}

  /** The first text within a value that cannot be kept, by its path, and what is wrong with it. */
  public static Optional<String> in(JsonNode value) {
    return find("", value, true);
  }

  /** The same in rows of JSON, which can say NUL, as replies of a model can. */
  static Optional<String> inJson(JsonNode value) {
    return find("", value, false);
  }

  private static Optional<String> find(String path, JsonNode node, boolean noNul) {
    if (node.isTextual()) {
      return fault(node.textValue(), noNul).map(fault -> place(path) + " holds " + fault);
    }
    if (node.isObject()) {
      for (Map.Entry<String, JsonNode> field : node.properties()) {
        String inner = path.isEmpty() ? field.getKey() : path + "." + field.getKey();
        Optional<String> found = find(inner, field.getValue(), noNul);
        if (found.isPresent()) {
          return found;
        }
      }
    }
    if (node.isArray()) {
      for (int i = 0; i < node.size(); i++) {
        Optional<String> found = find(path + "[" + i + "]", node.get(i), noNul);
        if (found.isPresent()) {
          return found;
        }
      }
    }
    return Optional.empty();
  }

  private static String place(String path) {
    return path.isEmpty() ? "the text" : "\"" + path + "\"";
  }

  private static Optional<String> fault(String text, boolean noNul) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (noNul && c == 0) {
        return Optional.of(
            "the character NUL (\\u0000), which files and databases do not keep; remove it");
      }
      if (Character.isSurrogate(c)) {
        boolean pair =
            Character.isHighSurrogate(c)
                && i + 1 < text.length()
                && Character.isLowSurrogate(text.charAt(i + 1));
        if (!pair) {
          return Optional.of(
              "half of a surrogate pair (\\ud800 to \\udfff), which is no character");
        }
        i++;
      }
    }
    return Optional.empty();
  }
}
