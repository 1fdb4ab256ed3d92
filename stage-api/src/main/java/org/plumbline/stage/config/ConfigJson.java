package org.plumbline.stage.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Config records as JSON that equals what Jackson reads back from a file. */
final class ConfigJson {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private ConfigJson() {}

  static ObjectNode of(Record config, boolean hashed) {
    ObjectNode node = NODES.objectNode();
    choiceName(config).ifPresent(name -> node.put("type", name));
    for (RecordComponent component : config.getClass().getRecordComponents()) {
      Object value = read(component, config);
      if (component.isAnnotationPresent(Inline.class)) {
        node.setAll(of((Record) value, hashed));
      } else if (!hashed || !isLocal(component, value)) {
        node.set(KeyNames.snake(component.getName()), value(value, hashed));
      }
    }
    return node;
  }

  /** Names of the records that a sealed interface permits, in declaration order. */
  static Map<String, Class<?>> choices(Class<?> sealed) {
    Map<String, Class<?>> choices = new LinkedHashMap<>();
    for (Class<?> permitted : sealed.getPermittedSubclasses()) {
      if (!permitted.isRecord()) {
        throw new IllegalStateException(permitted.getName() + " must be a record");
      }
      Choice choice = permitted.getAnnotation(Choice.class);
      choices.put(
          choice == null ? KeyNames.snake(permitted.getSimpleName()) : choice.value(), permitted);
    }
    return choices;
  }

  private static Optional<String> choiceName(Record config) {
    for (Class<?> parent : config.getClass().getInterfaces()) {
      if (parent.isSealed()) {
        return choices(parent).entrySet().stream()
            .filter(e -> e.getValue() == config.getClass())
            .map(Map.Entry::getKey)
            .findFirst();
      }
    }
    return Optional.empty();
  }

  private static boolean isLocal(RecordComponent component, Object value) {
    boolean path =
        value instanceof Optional<?> o ? o.orElse(null) instanceof Path : value instanceof Path;
    return path || component.isAnnotationPresent(MachineLocal.class);
  }

  private static Object read(RecordComponent component, Record config) {
    try {
      component.getAccessor().setAccessible(true);
      return component.getAccessor().invoke(config);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("cannot read " + component, e);
    }
  }

  private static JsonNode value(Object value, boolean hashed) {
    if (value instanceof Optional<?> optional) {
      return optional.isEmpty() ? NODES.nullNode() : value(optional.get(), hashed);
    }
    if (value instanceof Record record) {
      return of(record, hashed);
    }
    if (value instanceof List<?> list) {
      ArrayNode array = NODES.arrayNode();
      list.forEach(item -> array.add(value(item, hashed)));
      return array;
    }
    if (value instanceof Map<?, ?> map) {
      ObjectNode object = NODES.objectNode();
      map.forEach((key, item) -> object.set(String.valueOf(key), value(item, hashed)));
      return object;
    }
    return scalar(value);
  }

  private static JsonNode scalar(Object value) {
    if (value instanceof Long number && number == number.intValue()) {
      return NODES.numberNode(number.intValue()); // as Jackson reads it back
    }
    if (value instanceof Long number) {
      return NODES.numberNode(number.longValue());
    }
    if (value instanceof Integer number) {
      return NODES.numberNode(number.intValue());
    }
    if (value instanceof Double number) {
      return NODES.numberNode(number.doubleValue());
    }
    if (value instanceof Boolean truth) {
      return NODES.booleanNode(truth);
    }
    if (value instanceof Enum<?> constant) {
      return NODES.textNode(ScalarReader.name(constant));
    }
    return NODES.textNode(
        value instanceof Path p ? p.toString().replace('\\', '/') : value.toString());
  }
}
