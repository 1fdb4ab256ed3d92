package org.plumbline.data.format;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.plumbline.data.Fields;
import org.plumbline.data.Message;
import org.plumbline.data.source.RowSource;
import org.plumbline.stage.JsonRow;
import org.plumbline.stage.UserException;

/**
 * A row of a dataset: what the dialects have in common.
 *
 * @param table whether every value is the text of a table's cell
 */
record Row(JsonRow at, ObjectNode json, boolean table) {
  private static final Set<String> TURN_KEYS = Set.of("role", "content");

  static Row of(JsonRow row, RowSource source) {
    return new Row(row, row.object(), !source.columns().isEmpty());
  }

  /** An object within this row as a row of its own, for messages about its keys. */
  Row inner(String key) {
    if (!(json.path(key) instanceof ObjectNode object)) {
      throw bad("\"%s\" is %s; an object is needed".formatted(key, kind(json.path(key))));
    }
    return inner(key, object);
  }

  /** An object found in this row; {@code path} says where. */
  Row inner(String path, ObjectNode object) {
    return new Row(
        new JsonRow(at.file(), at.line(), object, at.place() + ": " + path), object, table);
  }

  /** The objects of a list. */
  List<Row> objects(String key) {
    JsonNode list = json.path(key);
    if (!list.isArray()) {
      throw bad("\"%s\" is %s; a list of objects is needed".formatted(key, kind(list)));
    }
    List<Row> rows = new ArrayList<>();
    for (JsonNode element : list) {
      String path = key + "[" + rows.size() + "]";
      if (!(element instanceof ObjectNode object)) {
        throw bad("%s is %s; an object is needed".formatted(path, kind(element)));
      }
      rows.add(inner(path, object));
    }
    return rows;
  }

  /** File name and line: the same on every machine. */
  static String source(JsonRow row) {
    return row.file().getFileName() + ":" + row.line();
  }

  String source() {
    return source(at);
  }

  boolean has(String key) {
    return json.hasNonNull(key);
  }

  boolean hasAll(String... keys) {
    for (String key : keys) {
      if (!json.has(key)) {
        return false;
      }
    }
    return true;
  }

  boolean isText(String key) {
    return json.path(key).isTextual();
  }

  String text(String key) {
    return at.text(key);
  }

  String textOr(String key, String otherwise) {
    return at.optionalText(key).orElse(otherwise);
  }

  /** A text, or a whole number taken as text. */
  Optional<String> name(String key) {
    JsonNode id = json.path(key);
    return id.isTextual() || id.isIntegralNumber() ? Optional.of(id.asText()) : Optional.empty();
  }

  /** The row's own id; without one, its place. */
  String id() {
    return name("id").orElse(source());
  }

  /** A number, or empty where there is none; in a table a text that is one. */
  OptionalDouble number(String key) {
    JsonNode value = json.path(key);
    if (value.isMissingNode() || value.isNull()) {
      return OptionalDouble.empty();
    }
    if (value.isNumber() && Double.isFinite(value.doubleValue())) {
      return OptionalDouble.of(value.doubleValue());
    }
    if (table && value.isTextual()) {
      OptionalDouble parsed = Numbers.parse(value.textValue());
      if (parsed.isPresent()) {
        return parsed;
      }
    }
    throw bad("\"%s\" is %s; needed: a number".formatted(key, shown(value)));
  }

  /** A number that must be there. */
  double neededNumber(String key) {
    OptionalDouble value = number(key);
    if (value.isEmpty()) {
      throw bad("\"%s\" is missing; a number is needed; found: %s".formatted(key, keys()));
    }
    return value.getAsDouble();
  }

  /** A whole number within bounds that must be there. */
  int whole(String key, int least, int most) {
    double value = neededNumber(key);
    if (value != Math.rint(value) || value < least || value > most) {
      throw bad(
          "\"%s\" is %s; needed: a whole number from %d to %d"
              .formatted(key, shown(json.path(key)), least, most));
    }
    return (int) value;
  }

  /** A moment in ISO 8601, if the field holds one. */
  Optional<Instant> time(String key) {
    return isText(key) ? Times.parse(json.path(key).textValue()) : Optional.empty();
  }

  /** A moment in seconds since 1970, if the field holds one. */
  Optional<Instant> seconds(String key) {
    JsonNode value = json.path(key);
    return value.isNumber() ? Times.ofSeconds(value.doubleValue()) : Optional.empty();
  }

  /** The fields but these, for an answer or a judgement. */
  Map<String, JsonNode> rest(String... taken) {
    return Fields.except(json, Set.of(taken));
  }

  /** A value cut short, for messages. */
  static String shown(JsonNode value) {
    String text = value.toString();
    return text.length() <= 40 ? text : text.substring(0, 40) + "…";
  }

  List<String> names() {
    List<String> names = new ArrayList<>();
    json.fieldNames().forEachRemaining(names::add);
    return names;
  }

  String keys() {
    List<String> names = names();
    return names.isEmpty() ? "no keys" : String.join(", ", names);
  }

  List<Message> messages(String key) {
    JsonNode turns = json.path(key);
    if (!turns.isArray()) {
      throw bad("\"%s\" is %s; a list of messages is needed".formatted(key, kind(turns)));
    }
    List<Message> messages = new ArrayList<>();
    for (JsonNode turn : turns) {
      messages.add(message(key + "[" + messages.size() + "]", turn));
    }
    if (messages.isEmpty()) {
      throw bad("\"%s\" is an empty list; at least one message is needed".formatted(key));
    }
    return messages;
  }

  /** An answer as a turn: a text, or a list of one assistant turn. */
  Message answerTurn(String key) {
    if (isText(key)) {
      return new Message(Message.ASSISTANT, text(key));
    }
    List<Message> turns = messages(key);
    if (turns.size() != 1 || !turns.get(0).role().equals(Message.ASSISTANT)) {
      throw bad(
          "\"%s\" holds %s; one assistant turn is needed (leave \"prompt\" out for whole conversations)"
              .formatted(key, turns.stream().map(Message::role).toList()));
    }
    return turns.get(0);
  }

  private Message message(String key, JsonNode turn) {
    if (!(turn instanceof ObjectNode object)) {
      throw bad(
          "%s is %s; an object with \"role\" and \"content\" is needed".formatted(key, kind(turn)));
    }
    String role = turnText(key, object, "role");
    Map<String, JsonNode> extra = Fields.except(object, TURN_KEYS);
    if (!object.hasNonNull("content") && new Message(role, "", extra).callsTools()) {
      extra.put("content", NullNode.getInstance());
      return new Message(role, "", extra);
    }
    return new Message(role, turnText(key, object, "content"), extra);
  }

  private String turnText(String key, ObjectNode turn, String field) {
    JsonNode value = turn.path(field);
    if (!value.isTextual()) {
      throw bad(
          "%s.%s is %s; a text is needed (lists of parts, such as images, are not taken)"
              .formatted(key, field, kind(value)));
    }
    return value.textValue();
  }

  UserException bad(String problem) {
    return at.error(problem);
  }

  static String kind(@Nullable JsonNode value) {
    return value == null || value.isMissingNode()
        ? "missing"
        : "a JSON " + value.getNodeType().name().toLowerCase(Locale.ROOT);
  }
}
