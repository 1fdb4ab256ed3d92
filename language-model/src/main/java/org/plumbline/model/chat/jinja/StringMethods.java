package org.plumbline.model.chat.jinja;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/** The methods of Python's {@code str} that texts have. */
final class StringMethods {
  /** One method, on a text without its markup. */
  @FunctionalInterface
  interface Method {
    Object apply(Execution execution, String text, Arguments arguments);
  }

  private static final Map<String, Method> ALL = new HashMap<>();
  private static final Set<String> WITH_KEYWORDS =
      Set.of("split", "rsplit", "splitlines", "expandtabs", "format");

  static {
    cases();
    searches();
    layout();
    SplitMethods.addTo(ALL);
    TextPredicates.addTo(ALL);
  }

  private StringMethods() {}

  /** The method bound to a text, or an Undefined. */
  static Object find(Object owner, String name) {
    Method method = ALL.get(name);
    if (method == null) {
      return Undefined.missing(owner, name);
    }
    String text = PythonText.raw(owner);
    return (PythonCallable)
        (execution, arguments) -> {
          if (!arguments.keywords().isEmpty() && !WITH_KEYWORDS.contains(name)) {
            throw PythonError.type("str.%s() takes no keyword arguments", name);
          }
          execution.chargeText(text.length());
          Object result = method.apply(execution, text, arguments);
          return owner instanceof Markup ? marked(result) : result;
        };
  }

  private static Object marked(Object result) {
    if (result instanceof String text) {
      return new Markup(text);
    }
    return result instanceof List<?> list
        ? list.stream().map(StringMethods::marked).toList()
        : result;
  }

  private static void cases() {
    change("upper", text -> text.toUpperCase(Locale.ROOT));
    change("lower", text -> text.toLowerCase(Locale.ROOT));
    change("casefold", TextCases::folded);
    change("capitalize", TextCases::capitalized);
    change("title", TextCases::title);
    change("swapcase", TextCases::swapped);
  }

  private static void change(String name, UnaryOperator<String> change) {
    ALL.put(
        name,
        (execution, text, arguments) -> {
          arguments.bind(name, 0);
          return change.apply(text);
        });
  }

  private static void searches() {
    ALL.put("startswith", (execution, text, arguments) -> affix(text, arguments, true));
    ALL.put("endswith", (execution, text, arguments) -> affix(text, arguments, false));
    ALL.put("find", (execution, text, arguments) -> find(text, arguments, false, false));
    ALL.put("rfind", (execution, text, arguments) -> find(text, arguments, true, false));
    ALL.put("index", (execution, text, arguments) -> find(text, arguments, false, true));
    ALL.put("rindex", (execution, text, arguments) -> find(text, arguments, true, true));
    ALL.put("count", (execution, text, arguments) -> count(text, arguments));
    ALL.put(
        "replace",
        (execution, text, arguments) -> {
          Arguments.Bound bound = arguments.bind("replace", 2, "old", "new", "count");
          return replaced(
              execution,
              text,
              bound.text("old", ""),
              bound.text("new", ""),
              bound.integer("count", -1));
        });
    ALL.put(
        "removeprefix",
        (execution, text, arguments) -> {
          String affix = arguments.bind("removeprefix", 1, "prefix").text("prefix", "");
          return text.startsWith(affix) ? text.substring(affix.length()) : text;
        });
    ALL.put(
        "removesuffix",
        (execution, text, arguments) -> {
          String affix = arguments.bind("removesuffix", 1, "suffix").text("suffix", "");
          return text.endsWith(affix) ? text.substring(0, text.length() - affix.length()) : text;
        });
  }

  private static void layout() {
    ALL.put("strip", (execution, text, arguments) -> stripped(text, arguments, true, true));
    ALL.put("lstrip", (execution, text, arguments) -> stripped(text, arguments, true, false));
    ALL.put("rstrip", (execution, text, arguments) -> stripped(text, arguments, false, true));
    ALL.put("center", (execution, text, arguments) -> aligned(execution, text, arguments, '^'));
    ALL.put("ljust", (execution, text, arguments) -> aligned(execution, text, arguments, '<'));
    ALL.put("rjust", (execution, text, arguments) -> aligned(execution, text, arguments, '>'));
    ALL.put(
        "zfill",
        (execution, text, arguments) -> {
          int width = arguments.bind("zfill", 1, "width").integer("width", 0);
          int sign = text.startsWith("+") || text.startsWith("-") ? 1 : 0;
          int zeros = Math.max(0, width - CodePoints.length(text));
          execution.requireText((long) text.length() + zeros);
          return text.substring(0, sign) + "0".repeat(zeros) + text.substring(sign);
        });
    ALL.put("join", (execution, text, arguments) -> joined(execution, text, arguments));
    ALL.put("format", BraceFormat::apply);
    ALL.put(
        "format_map",
        (execution, text, arguments) -> {
          Object map = arguments.bind("format_map", 1, "mapping").get("mapping");
          return BraceFormat.apply(
              execution, text, new Arguments(List.of(), PercentFormat.keywords(map)));
        });
  }

  private static boolean affix(String text, Arguments arguments, boolean start) {
    Arguments.Bound bound = arguments.bind("startswith", 1, "affix", "start", "end");
    String part = piece(text, bound);
    Object affix = bound.get("affix");
    List<Object> options = affix instanceof Tuple tuple ? tuple.items() : List.of(affix);
    return options.stream()
        .map(PythonText::requireText)
        .anyMatch(option -> start ? part.startsWith(option) : part.endsWith(option));
  }

  /** The part between the bounds start and end, which count code points. */
  private static String piece(String text, Arguments.Bound bound) {
    if (!bound.has("start") && !bound.has("end")) {
      return text;
    }
    int size = CodePoints.length(text);
    int start = place(bound.integer("start", 0), size);
    int end = place(bound.integer("end", size), size);
    return start < end ? CodePoints.slice(text, start, end) : "";
  }

  private static int place(int bound, int size) {
    return Math.max(0, Math.min(bound < 0 ? bound + size : bound, size));
  }

  private static Object find(String text, Arguments arguments, boolean last, boolean must) {
    Arguments.Bound bound = arguments.bind("find", 1, "sub", "start", "end");
    String part = piece(text, bound);
    String wanted = bound.text("sub", "");
    int at = last ? part.lastIndexOf(wanted) : part.indexOf(wanted);
    if (at < 0 && must) {
      throw PythonError.value("substring not found");
    }
    int start = place(bound.integer("start", 0), CodePoints.length(text));
    return at < 0 ? -1L : (long) start + part.codePointCount(0, at);
  }

  private static Object count(String text, Arguments arguments) {
    Arguments.Bound bound = arguments.bind("count", 1, "sub", "start", "end");
    String part = piece(text, bound);
    String wanted = bound.text("sub", "");
    if (wanted.isEmpty()) {
      return CodePoints.length(part) + 1L;
    }
    long count = 0;
    for (int at = part.indexOf(wanted); at >= 0; at = part.indexOf(wanted, at + wanted.length())) {
      count++;
    }
    return count;
  }

  /** Every, or the first few, occurrences replaced; an empty one lies between all characters. */
  static String replaced(Execution execution, String text, String old, String with, int count) {
    TextBuffer result = new TextBuffer(execution);
    int at = 0;
    int left = count < 0 ? Integer.MAX_VALUE : count;
    while (left > 0) {
      int found = text.indexOf(old, at);
      if (found < 0) {
        break;
      }
      execution.tick();
      result.append(text.substring(at, found)).append(with);
      left--;
      at = found + old.length();
      if (old.isEmpty()) {
        if (at == text.length()) {
          break;
        }
        int next = text.offsetByCodePoints(at, 1);
        result.append(text.substring(at, next));
        at = next;
      }
    }
    return result.append(text.substring(at)).toString();
  }

  private static String stripped(String text, Arguments arguments, boolean start, boolean end) {
    return stripped(text, arguments.bind("strip", 0, "chars").text("chars", ""), start, end);
  }

  /** Without these characters, or whitespace where there are none, at its ends. */
  static String stripped(String text, String characters, boolean start, boolean end) {
    int from = 0;
    int to = text.length();
    while (start && from < to && isStripped(text.codePointAt(from), characters)) {
      from = text.offsetByCodePoints(from, 1);
    }
    while (end && to > from && isStripped(text.codePointBefore(to), characters)) {
      to = text.offsetByCodePoints(to, -1);
    }
    return text.substring(from, to);
  }

  private static boolean isStripped(int point, String characters) {
    return characters.isEmpty() ? Whitespace.isSpace(point) : characters.indexOf(point) >= 0;
  }

  private static String aligned(
      Execution execution, String text, Arguments arguments, char alignment) {
    Arguments.Bound bound = arguments.bind("center", 1, "width", "fill");
    return aligned(execution, text, bound.integer("width", 0), bound.text("fill", " "), alignment);
  }

  /** Filled up to a width, at its end ({@code <}), start ({@code >}) or both ({@code ^}). */
  static String aligned(Execution execution, String text, int width, String fill, char alignment) {
    if (CodePoints.length(fill) != 1) {
      throw PythonError.type("The fill character must be exactly one character long");
    }
    int missing = Math.max(0, width - CodePoints.length(text));
    execution.requireText((long) text.length() + (long) missing * fill.length());
    int before =
        switch (alignment) {
          case '<' -> 0;
          case '>' -> missing;
          default -> missing / 2 + (missing & width & 1); // where Python's str.center puts it
        };
    return fill.repeat(before) + text + fill.repeat(missing - before);
  }

  private static String joined(Execution execution, String separator, Arguments arguments) {
    TextBuffer text = new TextBuffer(execution);
    boolean[] later = {false};
    Sequences.iterate(execution, arguments.bind("join", 1, "iterable").get("iterable"))
        .forEachRemaining(
            item -> {
              text.append(later[0] ? separator : "").append(PythonText.requireText(item));
              later[0] = true;
            });
    return text.toString();
  }
}
