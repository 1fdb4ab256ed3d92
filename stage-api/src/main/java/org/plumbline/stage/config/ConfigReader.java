package org.plumbline.stage.config;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Builds checked records from a located YAML section; records are the only schema. Every problem of
 * the section is collected, with dotted key, line, what was found, what is needed and, for an
 * unknown key, the nearest one.
 *
 * <p>Components may be int, long, double, boolean, String, an enum, Path, a record, a sealed
 * interface over records (key {@code type} says which, see {@link Choice}), and Optional, List and
 * {@code Map<String, T>} of these.
 */
public final class ConfigReader {
  private final ConfigProblems problems;

  private ConfigReader(ConfigProblems problems) {
    this.problems = problems;
  }

  /**
   * Reads one section.
   *
   * @param name what dotted keys begin with: the stage's name
   * @throws ConfigException with all problems of the section
   */
  public static <R extends Record> R read(Class<R> type, YamlNode section, String name) {
    ConfigProblems problems = new ConfigProblems();
    Optional<R> record = read(type, section, name, problems);
    problems.throwIfAny();
    return record.orElseThrow();
  }

  /**
   * Reads one section among several.
   *
   * @param problems takes what is wrong
   * @return the record, empty when it could not be built; to be used only if there are no problems
   */
  public static <R extends Record> Optional<R> read(
      Class<R> type, YamlNode section, String name, ConfigProblems problems) {
    return new ConfigReader(problems).value(type, section, name).map(type::cast);
  }

  /** The record as JSON with snake_case keys and all defaults filled in; reads back equal. */
  public static ObjectNode toJson(Record config) {
    return ConfigJson.of(config, false);
  }

  /**
   * As {@link #toJson}, without paths and {@link MachineLocal} components: what the hash covers.
   */
  public static ObjectNode toHashedJson(Record config) {
    return ConfigJson.of(config, true);
  }

  private Optional<Object> value(Type type, YamlNode node, String key) {
    if (type instanceof ParameterizedType generic) {
      return container(generic, node, key);
    }
    Class<?> plain = (Class<?>) type;
    if (plain.isRecord()) {
      return section(node, key).flatMap(section -> record(plain, section, key));
    }
    if (plain.isSealed()) {
      return choice(plain, node, key);
    }
    if (!ScalarReader.takes(plain)) {
      throw new IllegalStateException(key + ": config records cannot hold " + plain.getName());
    }
    if (!(node instanceof YamlNode.Scalar scalar)) {
      return mismatch(key, node, ScalarReader.needed(plain));
    }
    try {
      return Optional.of(ScalarReader.read(plain, scalar));
    } catch (ScalarReader.Mismatch e) {
      return mismatch(key, node, String.valueOf(e.getMessage()));
    }
  }

  private Optional<Object> container(ParameterizedType type, YamlNode node, String key) {
    Type[] inner = type.getActualTypeArguments();
    if (type.getRawType() == Optional.class) {
      return node instanceof YamlNode.Scalar scalar && scalar.isNull()
          ? Optional.of(Optional.empty())
          : value(inner[0], node, key).map(Optional::of);
    }
    if (type.getRawType() == List.class) {
      return list(inner[0], node, key);
    }
    if (type.getRawType() == Map.class && inner[0] == String.class) {
      return map(inner[1], node, key);
    }
    throw new IllegalStateException(key + ": config records cannot hold " + type);
  }

  private Optional<Object> list(Type item, YamlNode node, String key) {
    if (!(node instanceof YamlNode.Sequence sequence)) {
      boolean single = node instanceof YamlNode.Scalar scalar && !scalar.isNull();
      return mismatch(key, node, single ? "a list; write [" + node.found() + "]" : "a list");
    }
    List<Object> values = new ArrayList<>();
    for (int i = 0; i < sequence.items().size(); i++) {
      value(item, sequence.items().get(i), key + "[" + i + "]").ifPresent(values::add);
    }
    return values.size() == sequence.items().size()
        ? Optional.of(List.copyOf(values))
        : Optional.empty();
  }

  private Optional<Object> map(Type item, YamlNode node, String key) {
    if (!(node instanceof YamlNode.Mapping mapping)) {
      return mismatch(key, node, "a section of keys and values");
    }
    Map<String, Object> values = new LinkedHashMap<>();
    mapping
        .entries()
        .forEach(
            (name, entry) ->
                value(item, entry.value(), key + "." + name).ifPresent(v -> values.put(name, v)));
    return values.size() == mapping.entries().size()
        ? Optional.of(Collections.unmodifiableMap(values))
        : Optional.empty();
  }

  private Optional<Object> choice(Class<?> type, YamlNode node, String key) {
    Map<String, Class<?>> choices = ConfigJson.choices(type);
    String needed = "one of " + String.join(", ", choices.keySet());
    YamlNode.Mapping section;
    YamlNode named;
    if (node instanceof YamlNode.Mapping mapping) {
      Optional<YamlNode> given = mapping.get("type");
      if (given.isEmpty()) {
        problems.add(key + ".type", node.place(), "is missing; needs " + needed);
        return Optional.empty();
      }
      named = given.get();
      section = mapping.without("type");
    } else {
      named = node;
      section = YamlNode.emptySection(node.place());
    }
    Class<?> chosen =
        named instanceof YamlNode.Scalar scalar
            ? choices.get(scalar.text().replace('-', '_'))
            : null;
    return chosen == null ? mismatch(key + ".type", named, needed) : record(chosen, section, key);
  }

  /** A missing or empty value counts as a section without keys. */
  private Optional<YamlNode.Mapping> section(YamlNode node, String key) {
    if (node instanceof YamlNode.Mapping mapping) {
      return Optional.of(mapping);
    }
    if (node instanceof YamlNode.Scalar scalar && scalar.isNull()) {
      return Optional.of(YamlNode.emptySection(node.place()));
    }
    mismatch(key, node, "a section of keys and values");
    return Optional.empty();
  }

  private Optional<Object> record(Class<?> type, YamlNode.Mapping written, String key) {
    YamlNode.Mapping section = new AliasRewriter(problems).rewrite(type, written, key);
    List<String> known = RecordKeys.of(type);
    section
        .entries()
        .forEach(
            (name, entry) -> {
              if (!known.contains(name)) {
                unknown(type, key, entry);
              }
            });
    return built(type, section, key);
  }

  /** Reads the keys that the record knows and leaves others alone. */
  private Optional<Object> built(Class<?> type, YamlNode.Mapping section, String key) {
    RecordComponent[] components = type.getRecordComponents();
    List<Object> values = new ArrayList<>();
    for (RecordComponent component : components) {
      component(component, section, key).ifPresent(values::add);
    }
    return values.size() == components.length
        ? new RecordBuilder(problems).build(type, values, section, key)
        : Optional.empty();
  }

  private Optional<Object> component(
      RecordComponent component, YamlNode.Mapping section, String prefix) {
    if (component.isAnnotationPresent(Inline.class)) {
      return built(component.getType(), section, prefix);
    }
    String name = KeyNames.snake(component.getName());
    YamlNode.Entry entry = section.entries().get(name);
    if (entry != null) {
      String written = entry.written().equals(name) ? "" : " (written " + entry.written() + ")";
      return value(component.getGenericType(), entry.value(), prefix + "." + name + written);
    }
    Default preset = component.getAnnotation(Default.class);
    if (preset != null) {
      YamlNode node = LocatedYaml.parseAt(section.place(), preset.value());
      return value(component.getGenericType(), node, prefix + "." + name);
    }
    Class<?> type = component.getType();
    if (type == Optional.class) {
      return Optional.of(Optional.empty());
    }
    if (type == List.class) {
      return Optional.of(List.of());
    }
    if (type == Map.class) {
      return Optional.of(Map.of());
    }
    String needed = type.isRecord() ? "a section of keys and values" : ScalarReader.needed(type);
    problems.add(prefix + "." + name, section.place(), "is missing; needs " + needed);
    return Optional.empty();
  }

  private void unknown(Class<?> type, String prefix, YamlNode.Entry entry) {
    String advice =
        RecordKeys.nearest(type, entry.written())
            .map(near -> "did you mean " + near + "?")
            .orElseGet(() -> "valid keys: " + String.join(", ", RecordKeys.of(type)));
    problems.add(prefix + "." + entry.written(), entry.place(), "unknown key; " + advice);
  }

  private Optional<Object> mismatch(String key, YamlNode node, String needed) {
    problems.add(key, node.place(), "found %s, needs %s".formatted(node.found(), needed));
    return Optional.empty();
  }
}
