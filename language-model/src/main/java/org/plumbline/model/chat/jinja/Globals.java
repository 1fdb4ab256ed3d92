package org.plumbline.model.chat.jinja;

import java.util.List;
import java.util.Map;

/** The names that every template knows. */
final class Globals {
  static final Map<String, Object> ALL =
      Map.of(
          "range", (PythonCallable) (execution, arguments) -> range(arguments),
          "dict", (PythonCallable) Dicts::of,
          "namespace",
              (PythonCallable)
                  (execution, arguments) -> new Namespace(Dicts.of(execution, arguments)),
          "cycler", (PythonCallable) (execution, arguments) -> new Cycler(arguments.positional()),
          "joiner", (PythonCallable) (execution, arguments) -> joiner(arguments),
          "raise_exception", (PythonCallable) Globals::refuse,
          "strftime_now", (PythonCallable) (execution, arguments) -> now(execution, arguments));

  private Globals() {}

  private static Range range(Arguments arguments) {
    List<Object> bounds = arguments.positional();
    for (Object bound : bounds) {
      if (!Numbers.isInteger(bound)) {
        throw bound instanceof Undefined undefined
            ? undefined.error()
            : PythonError.type(
                "'%s' object cannot be interpreted as an integer", Types.name(bound));
      }
    }
    if (!arguments.keywords().isEmpty() || bounds.isEmpty() || bounds.size() > 3) {
      throw PythonError.type("range expected 1 to 3 arguments, got %d", bounds.size());
    }
    int first = Numbers.index(bounds.get(0));
    return bounds.size() == 1
        ? new Range(0, first, 1)
        : new Range(
            first,
            Numbers.index(bounds.get(1)),
            bounds.size() == 3 ? Numbers.index(bounds.get(2)) : 1);
  }

  private static String now(Execution execution, Arguments arguments) {
    String format = arguments.bind("strftime_now", 1, "format").text("format", "");
    execution.charge(format.length());
    return Strftime.format(execution.now(), format);
  }

  private static Object refuse(Execution execution, Arguments arguments) {
    Object message = arguments.bind("raise_exception", 1, "message").get("message");
    throw new PythonError("TemplateError", PythonText.str(execution, message));
  }

  /** Nothing at the first call, the separator at every other. */
  private static PythonCallable joiner(Arguments arguments) {
    String separator = arguments.bind("joiner", 0, "sep").text("sep", ", ");
    boolean[] used = {false};
    return (execution, none) -> {
      boolean first = !used[0];
      used[0] = true;
      return first ? "" : separator;
    };
  }

  /** Values that come round again and again. */
  static final class Cycler {
    private final List<Object> items;
    private int place;

    Cycler(List<Object> items) {
      if (items.isEmpty()) {
        throw PythonError.runtime("at least one item has to be provided");
      }
      this.items = items;
    }

    Object attribute(String name) {
      return switch (name) {
        case "current" -> items.get(place);
        case "next" -> (PythonCallable) (execution, none) -> next();
        case "reset" -> (PythonCallable) (execution, none) -> reset();
        default -> Undefined.missing(this, name);
      };
    }

    private Object next() {
      Object value = items.get(place);
      place = (place + 1) % items.size();
      return value;
    }

    private Object reset() {
      place = 0;
      return None.NONE;
    }
  }
}
