package org.plumbline.model.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Predicate;
import org.plumbline.model.ModelFormatException;

/**
 * The keys of one JSON object, remembering which were read; {@link #finish()} refuses those that
 * nobody asked for. A key that is null counts as absent, as in transformers.
 */
final class ConfigKeys {
  private final Path file;
  private final String prefix;
  private final ObjectNode json;
  private final Set<String> read = new LinkedHashSet<>();

  ConfigKeys(Path file, ObjectNode json) {
    this(file, "", json);
  }

  private ConfigKeys(Path file, String prefix, ObjectNode json) {
    this.file = file;
    this.prefix = prefix;
    this.json = json;
  }

  Path file() {
    return file;
  }

  ObjectNode json() {
    return json;
  }

  Optional<JsonNode> node(String key) {
    read.add(key);
    JsonNode value = json.get(key);
    return value == null || value.isNull() ? Optional.empty() : Optional.of(value);
  }

  /** True where the key stands in the file, be it null. */
  boolean isGiven(String key) {
    return json.has(key);
  }

  /** A nested object; the caller calls its {@link #finish()} too. */
  Optional<ConfigKeys> object(String key) {
    return node(key)
        .map(
            value -> {
              if (value instanceof ObjectNode object) {
                return new ConfigKeys(file, prefix + key + ".", object);
              }
              throw wrong(key, value, "an object is needed");
            });
  }

  int positive(String key) {
    return positiveOr(key).orElseThrow(() -> missing(key));
  }

  int positive(String key, int otherwise) {
    return positiveOr(key).orElse(otherwise);
  }

  private Optional<Integer> positiveOr(String key) {
    return node(key)
        .map(
            value -> {
              if (!value.isIntegralNumber() || !value.canConvertToInt() || value.asInt() < 1) {
                throw wrong(key, value, "a positive integer is needed");
              }
              return value.asInt();
            });
  }

  double number(String key, double otherwise) {
    return numberOr(key).orElse(otherwise);
  }

  double number(String key) {
    return numberOr(key).orElseThrow(() -> missing(key));
  }

  private Optional<Double> numberOr(String key) {
    return node(key)
        .map(
            value -> {
              if (!value.isNumber()) {
                throw wrong(key, value, "a number is needed");
              }
              return value.asDouble();
            });
  }

  boolean flag(String key, boolean otherwise) {
    return node(key)
        .map(
            value -> {
              if (!value.isBoolean()) {
                throw wrong(key, value, "true or false is needed");
              }
              return value.asBoolean();
            })
        .orElse(otherwise);
  }

  Optional<String> text(String key) {
    return node(key)
        .map(
            value -> {
              if (!value.isTextual()) {
                throw wrong(key, value, "a string is needed");
              }
              return value.asText();
            });
  }

  /** An id; negative ones mean absent, as in the first Llama folders. */
  OptionalInt id(String key) {
    List<Integer> ids = ids(key);
    return ids.isEmpty() ? OptionalInt.empty() : OptionalInt.of(ids.get(0));
  }

  /** One id or a list of them. */
  List<Integer> ids(String key) {
    List<Integer> ids = new ArrayList<>();
    node(key)
        .ifPresent(
            value -> {
              Iterable<JsonNode> entries = value instanceof ArrayNode list ? list : List.of(value);
              for (JsonNode entry : entries) {
                if (!entry.isIntegralNumber() || !entry.canConvertToInt()) {
                  throw wrong(key, value, "a token id or a list of token ids is needed");
                }
                if (entry.asInt() >= 0) {
                  ids.add(entry.asInt());
                }
              }
            });
    return ids;
  }

  static void putSpecialIds(ObjectNode json, SpecialIds ids) {
    ids.bos()
        .ifPresentOrElse(id -> json.put("bos_token_id", id), () -> json.remove("bos_token_id"));
    ids.pad()
        .ifPresentOrElse(id -> json.put("pad_token_id", id), () -> json.remove("pad_token_id"));
    switch (ids.eos().size()) {
      case 0 -> json.remove("eos_token_id");
      case 1 -> json.put("eos_token_id", ids.eos().get(0));
      default -> {
        ArrayNode list = json.putArray("eos_token_id");
        ids.eos().forEach(list::add);
      }
    }
  }

  /** Keys that do not change what the model computes in evaluation. */
  void ignore(String... keys) {
    read.addAll(List.of(keys));
  }

  /** A key of which only the value that switches the feature off is understood, or its absence. */
  void mustBeOff(String key, boolean off) {
    refuseUnless(
        key, value -> value.isBoolean() && value.asBoolean() == off, Boolean.toString(off));
  }

  /** As {@link #mustBeOff(String, boolean)}, for a number. */
  void mustBeOff(String key, int off) {
    refuseUnless(key, value -> value.isNumber() && value.asDouble() == off, Integer.toString(off));
  }

  /** A key that is understood only where it is null, absent, or an empty object or list. */
  void mustBeAbsent(String key) {
    refuseUnless(key, value -> value.isContainerNode() && value.isEmpty(), "its absence");
  }

  private void refuseUnless(String key, Predicate<JsonNode> off, String only) {
    node(key)
        .filter(off.negate())
        .ifPresent(
            value -> {
              throw wrong(key, value, "only %s is supported".formatted(only));
            });
  }

  ModelFormatException missing(String key) {
    return new ModelFormatException(at(key) + " is missing; the model needs it");
  }

  ModelFormatException wrong(String key, JsonNode found, String needed) {
    return wrong(key, found.toString(), needed);
  }

  ModelFormatException wrong(String key, String found, String needed) {
    return new ModelFormatException("%s is %s; %s".formatted(at(key), found, needed));
  }

  private String at(String key) {
    return "%s: %s%s".formatted(file, prefix, key);
  }

  /** Refuses keys nobody read, unless they are null. */
  void finish() {
    List<String> unknown =
        json.properties().stream()
            .filter(entry -> !read.contains(entry.getKey()) && !entry.getValue().isNull())
            .map(
                entry -> "%s%s = %s".formatted(prefix, entry.getKey(), shortened(entry.getValue())))
            .toList();
    if (!unknown.isEmpty()) {
      throw new ModelFormatException(
          "%s: not understood: %s. A key may change what the model computes, so none is skipped; "
                  .formatted(file, String.join(", ", unknown))
              + "is this another model family, or a newer one?");
    }
  }

  private static String shortened(JsonNode value) {
    String text = value.toString();
    return text.length() <= 60 ? text : text.substring(0, 57) + "...";
  }
}
