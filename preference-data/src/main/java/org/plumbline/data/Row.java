package org.plumbline.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.plumbline.stage.JsonRow;
import org.plumbline.stage.UserException;

/** A row of a dataset: what the shapes have in common. */
record Row(JsonRow at, ObjectNode json) {
  private static final Set<String> TURN_KEYS = Set.of("role", "content");

  static Row of(JsonRow row) {
    return new Row(row, row.object());
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

  boolean isText(String key) {
    return json.path(key).isTextual();
  }

  String text(String key) {
    return at.text(key);
  }

  String textOr(String key, String otherwise) {
    return at.optionalText(key).orElse(otherwise);
  }

  /** A text, or a whole number taken as text; without one, the row's place. */
  String id() {
    JsonNode id = json.path("id");
    return id.isTextual() || id.isIntegralNumber() ? id.asText() : source();
  }

  String keys() {
    List<String> names = new ArrayList<>();
    json.fieldNames().forEachRemaining(names::add);
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

  /** The text of an answer: a text, or a list of one assistant turn. */
  String answer(String key) {
    return answerTurn(key).content();
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

  private static String kind(@Nullable JsonNode value) {
    return value == null || value.isMissingNode()
        ? "missing"
        : "a JSON " + value.getNodeType().name().toLowerCase(Locale.ROOT);
  }
}
