package org.plumbline.model.chat.jinja;

import java.util.HashMap;
import java.util.Map;

/** The filters behind {@code |}. */
final class Filters {
  /** One filter of a value. */
  @FunctionalInterface
  interface Filter {
    Object apply(Execution execution, Object value, Arguments arguments);
  }

  /** One filter that takes no arguments. */
  @FunctionalInterface
  interface Plain {
    Object apply(Execution execution, Object value);
  }

  private static final Map<String, Filter> ALL = new HashMap<>();

  static {
    TextFilters.addTo(ALL);
    MarkupFilters.addTo(ALL);
    NumberFilters.addTo(ALL);
    SequenceFilters.addTo(ALL);
    SelectionFilters.addTo(ALL);
    SortFilters.addTo(ALL);
    ALL.put("tojson", Filters::toJson);
    ALL.put("default", Filters::fallback);
    ALL.put("d", Filters::fallback);
    ALL.put(
        "attr",
        (execution, value, arguments) -> {
          if (value instanceof Undefined) {
            return value;
          }
          return Attributes.own(value, arguments.bind("attr", 1, "name").text("name", ""));
        });
  }

  private Filters() {}

  /** Adds a filter that takes no arguments. */
  static void putPlain(Map<String, Filter> filters, String name, Plain filter) {
    filters.put(
        name,
        (execution, value, arguments) -> {
          arguments.bind(name, 0);
          return filter.apply(execution, value);
        });
  }

  static boolean isKnown(String name) {
    return ALL.containsKey(name);
  }

  static Object apply(Execution execution, String name, Object value, Arguments arguments) {
    Filter filter = ALL.get(name);
    if (filter == null) {
      throw PythonError.runtime("No filter named '%s'.", name);
    }
    if (PythonText.isText(value)) {
      execution.chargeText(PythonText.raw(value).length());
    }
    return filter.apply(execution, value, arguments);
  }

  private static Object fallback(Execution execution, Object value, Arguments arguments) {
    Arguments.Bound bound = arguments.bind("default", 0, "default_value", "boolean");
    boolean replaced = value instanceof Undefined || (bound.flag("boolean") && !Truth.of(value));
    return replaced ? bound.get("default_value", "") : value;
  }

  /** As transformers overrides it: no HTML escapes, and other scripts as they are. */
  private static Object toJson(Execution execution, Object value, Arguments arguments) {
    Arguments.Bound bound =
        arguments.bind("tojson", 0, "ensure_ascii", "indent", "separators", "sort_keys");
    boolean indented = bound.has("indent");
    Object indent = bound.get("indent");
    int spaces = PythonText.isText(indent) ? 0 : Math.max(0, bound.integer("indent", 0));
    execution.requireText(spaces);
    String item = indented ? "," : ", ";
    String key = ": ";
    if (bound.has("separators")) {
      var two = Sequences.list(execution, bound.get("separators"));
      if (two.size() != 2) {
        throw PythonError.value("tojson: separators must be two texts");
      }
      item = PythonText.requireText(two.get(0));
      key = PythonText.requireText(two.get(1));
    }
    return JsonText.of(
        execution,
        value,
        new JsonText.Style(
            bound.flag("ensure_ascii"),
            indented,
            PythonText.isText(indent) ? PythonText.raw(indent) : " ".repeat(spaces),
            item,
            key,
            bound.flag("sort_keys")));
  }
}
