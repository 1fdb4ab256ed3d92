package org.plumbline.stage.config;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.plumbline.stage.UserException;

/** Calls a record's canonical constructor and turns the rules it breaks into problems. */
final class RecordBuilder {
  private final ConfigProblems problems;

  RecordBuilder(ConfigProblems problems) {
    this.problems = problems;
  }

  /**
   * The record, empty when its constructor threw; a broken {@link Check} alone does not stop it.
   */
  Optional<Object> build(
      Class<?> type, List<Object> values, YamlNode.Mapping section, String prefix) {
    Object[] built = new Object[1];
    RuntimeException[] thrown = new RuntimeException[1];
    List<String> messages =
        Check.noting(
            () -> {
              try {
                built[0] = construct(type, values);
              } catch (RuntimeException e) {
                thrown[0] = e;
              }
            });
    messages.forEach(message -> note(message, section, prefix));
    RuntimeException failure = thrown[0];
    if (failure instanceof IllegalArgumentException || failure instanceof UserException) {
      note(String.valueOf(failure.getMessage()), section, prefix);
    } else if (failure != null && messages.isEmpty()) {
      throw failure; // a fault of the record; after a broken check it may just follow from it
    }
    return Optional.ofNullable(built[0]);
  }

  private static Object construct(Class<?> type, List<Object> values) {
    Class<?>[] types =
        Arrays.stream(type.getRecordComponents())
            .map(RecordComponent::getType)
            .toArray(Class<?>[]::new);
    try {
      Constructor<?> constructor = type.getDeclaredConstructor(types);
      constructor.setAccessible(true);
      return constructor.newInstance(values.toArray());
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException("constructor of " + type.getName() + " failed", e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("cannot construct " + type.getName(), e);
    }
  }

  /** Finds the line of the key that a message begins with, else takes that of the section. */
  private void note(String message, YamlNode.Mapping section, String prefix) {
    int end = message.indexOf('=');
    String name = end < 0 ? "" : message.substring(0, end);
    while (!name.isEmpty()) {
      Optional<Place> place = find(section, name);
      if (place.isPresent()) {
        problems.add(prefix + "." + name, place.get(), message);
        return;
      }
      int dot = name.indexOf('.');
      name = dot < 0 ? "" : name.substring(dot + 1);
    }
    problems.add(prefix, section.place(), message);
  }

  private static Optional<Place> find(YamlNode.Mapping section, String dotted) {
    int dot = dotted.indexOf('.');
    YamlNode.Entry entry = section.entries().get(dot < 0 ? dotted : dotted.substring(0, dot));
    if (entry == null) {
      return Optional.empty();
    }
    if (dot < 0) {
      return Optional.of(entry.place());
    }
    return entry.value() instanceof YamlNode.Mapping inner
        ? find(inner, dotted.substring(dot + 1))
        : Optional.empty();
  }
}
