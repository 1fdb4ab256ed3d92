package org.plumbline.model.chat.jinja;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Python's dicts: keys keep their order, and equal numbers are one key. */
final class Dicts {
  private static final Undefined ABSENT = Undefined.of("no such key");

  private Dicts() {}

  /** The value of a key, or an Undefined. */
  static Object get(Execution execution, Map<?, ?> dict, Object key) {
    requireHashable(key);
    if (PythonText.isText(key)) {
      Object value = dict.get(PythonText.raw(key));
      return value == null ? ABSENT : value;
    }
    for (Map.Entry<?, ?> entry : dict.entrySet()) {
      if (!(entry.getKey() instanceof String)
          && Comparisons.equal(execution, entry.getKey(), key)) {
        return entry.getValue();
      }
    }
    return ABSENT;
  }

  /** Sets a key; an equal one keeps its spelling and place. */
  static void put(Execution execution, Map<Object, Object> dict, Object key, Object value) {
    requireHashable(key);
    Object known = PythonText.isText(key) ? PythonText.raw(key) : key;
    if (!(known instanceof String)) {
      for (Object other : dict.keySet()) {
        if (!(other instanceof String) && Comparisons.equal(execution, other, known)) {
          known = other;
          break;
        }
      }
    }
    dict.put(known, value);
  }

  static boolean isHashable(Object key) {
    return !(key instanceof List<?> || key instanceof Map<?, ?>)
        && !(key instanceof Tuple tuple && !tuple.items().stream().allMatch(Dicts::isHashable));
  }

  static void requireHashable(Object key) {
    if (!isHashable(key)) {
      throw PythonError.type("unhashable type: '%s'", Types.name(key));
    }
  }

  static View keys(Map<?, ?> dict) {
    return new View("dict_keys", List.copyOf(dict.keySet()));
  }

  static View values(Map<?, ?> dict) {
    return new View("dict_values", List.copyOf(dict.values()));
  }

  static View items(Map<?, ?> dict) {
    return new View(
        "dict_items",
        dict.entrySet().stream()
            .<Object>map(entry -> Tuple.of(entry.getKey(), entry.getValue()))
            .toList());
  }

  /** As {@code dict(…)} makes one of a mapping or pairs, and of keywords. */
  static Map<Object, Object> of(Execution execution, Arguments arguments) {
    if (arguments.positional().size() > 1) {
      throw PythonError.type(
          "dict expected at most 1 argument, got %d", arguments.positional().size());
    }
    Map<Object, Object> dict = new LinkedHashMap<>();
    for (Object source : arguments.positional()) {
      if (source instanceof Map<?, ?> other) {
        dict.putAll(other);
      } else {
        Sequences.iterate(execution, source)
            .forEachRemaining(
                pair -> {
                  List<Object> two = Sequences.list(execution, pair);
                  if (two.size() != 2) {
                    throw PythonError.value(
                        "dictionary update sequence element has length %d; 2 is required",
                        two.size());
                  }
                  put(execution, dict, two.get(0), two.get(1));
                });
      }
    }
    dict.putAll(arguments.keywords());
    return dict;
  }
}
