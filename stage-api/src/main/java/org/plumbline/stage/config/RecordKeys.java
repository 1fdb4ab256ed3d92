package org.plumbline.stage.config;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The keys that a record takes, its own and those of its nested records. */
final class RecordKeys {
  private RecordKeys() {}

  /** snake_case keys in declaration order, those of inlined records in their place. */
  static List<String> of(Class<?> record) {
    return components(record).map(c -> KeyNames.snake(c.getName())).toList();
  }

  private static Stream<RecordComponent> components(Class<?> record) {
    return Arrays.stream(record.getRecordComponents())
        .flatMap(c -> c.isAnnotationPresent(Inline.class) ? components(c.getType()) : Stream.of(c));
  }

  /** Own keys, then dotted keys of nested records. */
  static List<String> withNested(Class<?> record) {
    List<String> keys = new ArrayList<>(of(record));
    for (RecordComponent component : components(record).toList()) {
      nested(component.getGenericType())
          .ifPresent(
              inner ->
                  withNested(inner)
                      .forEach(key -> keys.add(KeyNames.snake(component.getName()) + "." + key)));
    }
    return keys;
  }

  /** The component that takes a key by its own name or by an {@link Alias}. */
  static Optional<RecordComponent> component(Class<?> record, String key) {
    return components(record)
        .filter(c -> KeyNames.snake(c.getName()).equals(key) || aliases(c).contains(key))
        .findFirst();
  }

  static List<String> aliases(RecordComponent component) {
    Alias alias = component.getAnnotation(Alias.class);
    return alias == null ? List.of() : Arrays.asList(alias.value());
  }

  /** True if the dotted key leads to a component through nested records. */
  static boolean has(Class<?> record, String dotted) {
    int dot = dotted.indexOf('.');
    if (dot < 0) {
      return of(record).contains(dotted);
    }
    return component(record, dotted.substring(0, dot))
        .flatMap(c -> nested(c.getGenericType()))
        .filter(inner -> has(inner, dotted.substring(dot + 1)))
        .isPresent();
  }

  /** The record behind a component type {@code R} or {@code Optional<R>}. */
  static Optional<Class<?>> nested(Type type) {
    Type inner =
        type instanceof ParameterizedType generic && generic.getRawType() == Optional.class
            ? generic.getActualTypeArguments()[0]
            : type;
    return inner instanceof Class<?> c && c.isRecord() ? Optional.of(c) : Optional.empty();
  }

  /** The key here that a mistyped one most likely means, own keys before nested ones. */
  static Optional<String> nearest(Class<?> record, String key) {
    List<String> own = new ArrayList<>(of(record));
    for (RecordComponent component : components(record).toList()) {
      own.addAll(aliases(component));
    }
    List<String> nested = withNested(record).stream().filter(k -> k.indexOf('.') > 0).toList();
    return KeyNames.nearest(key, own)
        .or(() -> KeyNames.nearest(key, nested))
        .or(() -> nested.stream().filter(k -> k.endsWith("." + key)).findFirst());
  }
}
