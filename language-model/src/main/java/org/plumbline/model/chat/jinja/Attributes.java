package org.plumbline.model.chat.jinja;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Attributes and elements, as the immutable sandbox lets templates see them: a few methods of
 * texts, lists and dicts; nothing that begins with two underscores, and nothing that changes data.
 */
final class Attributes {
  private static final Set<String> CHANGE_LIST =
      Set.of("append", "clear", "pop", "reverse", "insert", "sort", "extend", "remove");
  private static final Set<String> CHANGE_DICT =
      Set.of("clear", "pop", "popitem", "setdefault", "update");

  private Attributes() {}

  /** {@code owner.name}: a method or attribute first, then an element. */
  static Object attribute(Execution execution, Object owner, String name) {
    Object found = own(owner, name);
    boolean hidden = isPrivate(name) || CHANGE_DICT.contains(name);
    if (found instanceof Undefined && owner instanceof Map<?, ?> dict && !hidden) {
      Object element = Dicts.get(execution, dict, name);
      return element instanceof Undefined ? found : element;
    }
    return found;
  }

  /** {@code owner[key]}: an element first, then a method or attribute. */
  static Object item(Execution execution, Object owner, Object key) {
    if (owner instanceof Undefined undefined) {
      throw undefined.error();
    }
    if (owner instanceof Map<?, ?> dict && Dicts.isHashable(key)) {
      Object element = Dicts.get(execution, dict, key);
      if (!(element instanceof Undefined)) {
        return element;
      }
    } else if (Sequences.isIndexed(owner) && Numbers.isInteger(key)) {
      return Sequences.at(execution, owner, key);
    }
    return PythonText.isText(key) ? own(owner, PythonText.raw(key)) : Undefined.missing(owner, key);
  }

  private static boolean isPrivate(String name) {
    return name.startsWith("__") && name.endsWith("__");
  }

  /** An attribute of the value itself, without its elements. */
  static Object own(Object owner, String name) {
    if (owner instanceof Undefined undefined) {
      throw undefined.error();
    }
    if (isPrivate(name)) {
      return Undefined.unsafe(owner, name);
    }
    if (owner instanceof Namespace namespace) {
      Object value = namespace.attributes().get(name);
      return value == null ? Undefined.missing(owner, name) : value;
    } else if (PythonText.isText(owner)) {
      return StringMethods.find(owner, name);
    } else if (owner instanceof Map<?, ?> dict) {
      return CHANGE_DICT.contains(name) ? Undefined.unsafe(owner, name) : ofDict(dict, name);
    } else if (owner instanceof List<?> list) {
      return CHANGE_LIST.contains(name) ? Undefined.unsafe(owner, name) : ofList(owner, list, name);
    }
    return ofHelper(owner, name);
  }

  private static Object ofHelper(Object owner, String name) {
    if (owner instanceof LoopContext loop) {
      return loop.attribute(name);
    } else if (owner instanceof Macro macro) {
      return macro.attribute(name);
    } else if (owner instanceof Globals.Cycler cycler) {
      return cycler.attribute(name);
    } else if (owner instanceof Tuple tuple) {
      int place = tuple.names().indexOf(name);
      return place >= 0 ? tuple.items().get(place) : ofList(owner, tuple.items(), name);
    }
    return Undefined.missing(owner, name);
  }

  private static Object ofDict(Map<?, ?> dict, String name) {
    return switch (name) {
      case "keys" -> (PythonCallable) (execution, arguments) -> Dicts.keys(dict);
      case "values" -> (PythonCallable) (execution, arguments) -> Dicts.values(dict);
      case "items" -> (PythonCallable) (execution, arguments) -> Dicts.items(dict);
      case "copy" -> (PythonCallable) (execution, arguments) -> dict;
      case "get" -> (PythonCallable) (execution, arguments) -> get(execution, dict, arguments);
      default -> Undefined.missing(dict, name);
    };
  }

  private static Object get(Execution execution, Map<?, ?> dict, Arguments arguments) {
    Arguments.Bound bound = arguments.bind("get", 1, "key", "default");
    Object value = Dicts.get(execution, dict, bound.get("key"));
    return value instanceof Undefined ? bound.get("default") : value;
  }

  private static Object ofList(Object owner, List<?> items, String name) {
    return switch (name) {
      case "count" -> (PythonCallable) (execution, arguments) -> count(execution, items, arguments);
      case "index" -> (PythonCallable) (execution, arguments) -> index(execution, items, arguments);
      case "copy" ->
          owner instanceof List<?>
              ? (PythonCallable) (execution, arguments) -> owner
              : Undefined.missing(owner, name);
      default -> Undefined.missing(owner, name);
    };
  }

  private static Object count(Execution execution, List<?> items, Arguments arguments) {
    Object wanted = arguments.bind("count", 1, "value").get("value");
    return items.stream().filter(item -> Comparisons.equal(execution, item, wanted)).count();
  }

  private static Object index(Execution execution, List<?> items, Arguments arguments) {
    Object wanted = arguments.bind("index", 1, "value").get("value");
    for (int i = 0; i < items.size(); i++) {
      if (Comparisons.equal(execution, items.get(i), wanted)) {
        return (long) i;
      }
    }
    throw PythonError.value("%s is not in list", PythonText.repr(execution, wanted));
  }
}
