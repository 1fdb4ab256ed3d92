package org.plumbline.stage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One row of a .jsonl file, with its place for messages.
 *
 * @param line 1-based line in the file, blank lines counted; of a list or table the 1-based row
 * @param value the parsed row
 * @param place the same in words, such as {@code line 2}
 */
public record JsonRow(Path file, long line, JsonNode value, String place) {
  /** A row that is a line. */
  public JsonRow(Path file, long line, JsonNode value) {
    this(file, line, value, "line " + line);
  }

  /** File name and place, such as {@code rows.jsonl line 2}. */
  public String where() {
    return file + " " + place;
  }

  /** An error about this row, to be thrown. */
  public UserException error(String message) {
    return new UserException(where() + ": " + message);
  }

  /** The row as an object; anything else is an error. */
  public ObjectNode object() {
    if (value instanceof ObjectNode object) {
      return object;
    }
    throw error("a row must be an object {…}, found " + kind(value));
  }

  /** The text under a key; absent or of another type is an error. */
  public String text(String key) {
    return optionalText(key)
        .orElseThrow(() -> error("key \"%s\" is missing; the row has %s".formatted(key, keys())));
  }

  /** The text under a key, empty if absent or null; another type is an error. */
  public Optional<String> optionalText(String key) {
    JsonNode node = object().path(key);
    if (node.isMissingNode() || node.isNull()) {
      return Optional.empty();
    }
    if (!node.isTextual()) {
      throw error("key \"%s\" must be text, found %s".formatted(key, kind(node)));
    }
    return Optional.of(node.textValue());
  }

  private String keys() {
    List<String> names = new ArrayList<>();
    value.fieldNames().forEachRemaining(names::add);
    return names.isEmpty() ? "no keys" : "the keys " + String.join(", ", names);
  }

  private static String kind(JsonNode node) {
    return switch (node.getNodeType()) {
      case ARRAY -> "a list";
      case OBJECT -> "an object";
      case STRING -> "text";
      case NUMBER -> "the number " + node;
      case BOOLEAN -> node.toString();
      default -> "null";
    };
  }
}
