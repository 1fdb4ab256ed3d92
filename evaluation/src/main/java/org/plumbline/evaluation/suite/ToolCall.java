package org.plumbline.evaluation.suite;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.plumbline.stage.Json;

/**
 * A call of a tool.
 *
 * @param arguments values by parameter
 */
record ToolCall(String name, ObjectNode arguments) {
  private static final Pattern TAGGED =
      Pattern.compile("<tool_call>(.*?)</tool_call>", Pattern.DOTALL);

  /** Numbers are equal by value, 1 as 1.0; everything else as JSON. */
  private static final Comparator<JsonNode> BY_VALUE =
      (a, b) ->
          a.isNumber() && b.isNumber()
              ? a.decimalValue().compareTo(b.decimalValue())
              : a.equals(b) ? 0 : 1;

  /**
   * The first call of a reply: a JSON object between {@code <tool_call>} and {@code </tool_call>},
   * or a reply that is nothing but such an object. Empty where there is none, or it is malformed.
   */
  static Optional<ToolCall> parse(String reply) {
    Matcher tagged = TAGGED.matcher(reply);
    String json = (tagged.find() ? tagged.group(1) : reply).strip();
    if (!json.startsWith("{")) {
      return Optional.empty();
    }
    try {
      return of(Json.mapper().readTree(json));
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }

  /**
   * A call from {@code {"name","arguments"}}, {@code {"name","parameters"}} or OpenAI's {@code
   * {"function":{…}}}; arguments may be an object or its text.
   */
  static Optional<ToolCall> of(JsonNode json) {
    JsonNode call = json.path("function").isObject() ? json.path("function") : json;
    JsonNode name = call.path("name");
    JsonNode given = call.has("arguments") ? call.path("arguments") : call.path("parameters");
    JsonNode arguments = given.isTextual() ? read(given.textValue()) : given;
    return name.isTextual() && arguments instanceof ObjectNode object
        ? Optional.of(new ToolCall(name.textValue(), object))
        : Optional.empty();
  }

  private static JsonNode read(String text) {
    try {
      return Json.mapper().readTree(text);
    } catch (JsonProcessingException e) {
      return Json.mapper().missingNode();
    }
  }

  /** Whether the other call has the same arguments, in any order of the keys. */
  boolean sameArguments(ToolCall other) {
    return arguments.equals(BY_VALUE, other.arguments);
  }

  /** F1 over pairs of key and value; 1 where neither call has any. */
  double argumentF1(ToolCall other) {
    Set<String> keys = new HashSet<>();
    arguments.fieldNames().forEachRemaining(keys::add);
    int pairs = arguments.size() + other.arguments.size();
    long common =
        keys.stream()
            .filter(key -> other.arguments.has(key))
            .filter(key -> arguments.get(key).equals(BY_VALUE, other.arguments.get(key)))
            .count();
    return pairs == 0 ? 1 : 2.0 * common / pairs;
  }
}
