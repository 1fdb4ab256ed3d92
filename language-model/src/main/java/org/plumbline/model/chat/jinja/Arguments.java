package org.plumbline.model.chat.jinja;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Values handed to a function, filter or test. */
record Arguments(List<Object> positional, Map<String, Object> keywords) {
  static final Arguments NONE = new Arguments(List.of(), Map.of());

  static Arguments of(Object... positional) {
    return new Arguments(List.of(positional), Map.of());
  }

  /** With one more keyword. */
  Arguments with(String keyword, Object value) {
    Map<String, Object> more = new LinkedHashMap<>(keywords);
    if (more.put(keyword, value) != null) {
      throw PythonError.type("got multiple values for keyword argument '%s'", keyword);
    }
    return new Arguments(positional, more);
  }

  /** Without the first positional ones. */
  Arguments from(int first) {
    return new Arguments(positional.subList(first, positional.size()), keywords);
  }

  /**
   * Gives the values their parameters.
   *
   * @param required how many of the parameters must have one
   */
  Bound bind(String function, int required, String... names) {
    if (positional.size() > names.length) {
      throw PythonError.type(
          "%s() takes at most %d arguments (%d given)", function, names.length, positional.size());
    }
    Map<String, Object> values = new HashMap<>();
    for (int i = 0; i < positional.size(); i++) {
      values.put(names[i], positional.get(i));
    }
    keywords.forEach(
        (name, value) -> {
          if (!List.of(names).contains(name)) {
            throw PythonError.type("%s() got an unexpected keyword argument '%s'", function, name);
          }
          if (values.put(name, value) != null) {
            throw PythonError.type("%s() got multiple values for argument '%s'", function, name);
          }
        });
    for (int i = 0; i < required; i++) {
      if (!values.containsKey(names[i])) {
        throw PythonError.type("%s() missing required argument: '%s'", function, names[i]);
      }
    }
    return new Bound(values);
  }

  /** Parameters and their values. */
  record Bound(Map<String, Object> values) {
    Object get(String name) {
      return get(name, None.NONE);
    }

    Object get(String name, Object fallback) {
      return values.getOrDefault(name, fallback);
    }

    /** Whether there is a value other than None. */
    boolean has(String name) {
      return get(name) != None.NONE;
    }

    boolean flag(String name) {
      return Truth.of(values.getOrDefault(name, false));
    }

    int integer(String name, int fallback) {
      return has(name) ? Numbers.index(get(name)) : fallback;
    }

    /** The text; another type is an error. */
    String text(String name, String fallback) {
      return has(name) ? PythonText.requireText(get(name)) : fallback;
    }

    Optional<String> text(String name) {
      return has(name) ? Optional.of(PythonText.requireText(get(name))) : Optional.empty();
    }
  }
}
