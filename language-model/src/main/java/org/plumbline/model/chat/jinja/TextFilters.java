package org.plumbline.model.chat.jinja;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Filters on texts; what is no text is printed first. */
final class TextFilters {
  private TextFilters() {}

  static void addTo(Map<String, Filters.Filter> filters) {
    method(filters, "upper");
    method(filters, "lower");
    method(filters, "capitalize");
    filters.put(
        "trim", (execution, value, arguments) -> call(execution, value, "strip", arguments));
    filters.put("center", TextFilters::center);
    Filters.putPlain(
        filters, "title", (execution, value) -> title(PythonText.str(execution, value)));
    Filters.putPlain(filters, "string", TextFilters::string);
    filters.put("replace", TextFilters::replace);
    filters.put("indent", TextFilters::indent);
    filters.put("truncate", TextFilters::truncate);
    filters.put("format", TextFilters::format);
    Filters.putPlain(filters, "wordcount", TextFilters::wordCount);
    Filters.putPlain(filters, "urlencode", TextFilters::urlEncode);
  }

  private static void method(Map<String, Filters.Filter> filters, String name) {
    filters.put(name, (execution, value, arguments) -> call(execution, value, name, arguments));
  }

  private static Object string(Execution execution, Object value) {
    return value instanceof Markup ? value : PythonText.str(execution, value);
  }

  private static Object call(
      Execution execution, Object value, String method, Arguments arguments) {
    Object found = StringMethods.find(string(execution, value), method);
    return ((PythonCallable) found).call(execution, arguments);
  }

  private static Object center(Execution execution, Object value, Arguments arguments) {
    int width = arguments.bind("center", 0, "width").integer("width", 80);
    return call(execution, value, "center", Arguments.of((long) width));
  }

  /** Words begin after spaces, hyphens and opening brackets, so {@code don't} has one capital. */
  private static String title(String text) {
    StringBuilder result = new StringBuilder();
    boolean first = true;
    for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
      int point = text.codePointAt(i);
      String letter = Character.toString(point);
      result.append(first ? letter.toUpperCase(Locale.ROOT) : letter.toLowerCase(Locale.ROOT));
      first = Whitespace.isSpace(point) || "-({[<".indexOf(point) >= 0;
    }
    return result.toString();
  }

  private static Object replace(Execution execution, Object value, Arguments arguments) {
    Arguments.Bound bound = arguments.bind("replace", 2, "old", "new", "count");
    return StringMethods.replaced(
        execution,
        PythonText.str(execution, value),
        PythonText.str(execution, bound.get("old")),
        PythonText.str(execution, bound.get("new")),
        bound.integer("count", -1));
  }

  private static Object indent(Execution execution, Object value, Arguments arguments) {
    Arguments.Bound bound = arguments.bind("indent", 0, "width", "first", "blank");
    String text = PythonText.requireText(value);
    Object width = bound.get("width", 4L);
    int spaces = PythonText.isText(width) ? 0 : Math.max(0, Numbers.index(width));
    execution.requireText(spaces);
    String indentation = PythonText.isText(width) ? PythonText.raw(width) : " ".repeat(spaces);
    List<Object> lines = SplitMethods.lines(text + "\n", false);
    execution.charge(lines.size());
    TextBuffer result = new TextBuffer(execution);
    for (int i = 0; i < lines.size(); i++) {
      String line = (String) lines.get(i);
      boolean indented = i == 0 ? bound.flag("first") : bound.flag("blank") || !line.isEmpty();
      result.append(i == 0 ? "" : "\n").append(indented ? indentation : "").append(line);
    }
    return value instanceof Markup ? new Markup(result.toString()) : result.toString();
  }

  private static Object truncate(Execution execution, Object value, Arguments arguments) {
    Arguments.Bound bound = arguments.bind("truncate", 0, "length", "killwords", "end", "leeway");
    String text = PythonText.requireText(value);
    int length = bound.integer("length", 255);
    String end = bound.text("end", "...");
    int kept = length - CodePoints.length(end);
    if (kept < 0) {
      throw new PythonError(
          "AssertionError", "expected length >= %d, got %d".formatted(end.length(), length));
    }
    if (CodePoints.length(text) <= (long) length + bound.integer("leeway", 5)) {
      return value;
    }
    String start = CodePoints.slice(text, 0, kept);
    int space = bound.flag("killwords") ? -1 : start.lastIndexOf(' ');
    return (space < 0 ? start : start.substring(0, space)) + end;
  }

  private static Object format(Execution execution, Object value, Arguments arguments) {
    if (!arguments.positional().isEmpty() && !arguments.keywords().isEmpty()) {
      throw PythonError.argument("can't handle positional and keyword arguments at the same time");
    }
    Object values =
        arguments.keywords().isEmpty()
            ? Tuple.of(arguments.positional())
            : Dicts.of(execution, arguments);
    return PercentFormat.apply(execution, string(execution, value), values);
  }

  private static Object wordCount(Execution execution, Object value) {
    long words = 0;
    boolean inWord = false;
    for (int point : PythonText.str(execution, value).codePoints().toArray()) {
      boolean letter = Character.isLetterOrDigit(point) || point == '_';
      words += letter && !inWord ? 1 : 0;
      inWord = letter;
    }
    return words;
  }

  private static Object urlEncode(Execution execution, Object value) {
    if (PythonText.isText(value) || !Sequences.isIterable(value)) {
      return quoted(execution, value, "/");
    }
    Object pairs = value instanceof Map<?, ?> dict ? Dicts.items(dict) : value;
    TextBuffer text = new TextBuffer(execution);
    String[] separator = {""};
    Sequences.iterate(execution, pairs)
        .forEachRemaining(
            pair -> {
              List<Object> two = Sequences.list(execution, pair);
              text.append(separator[0])
                  .append(quoted(execution, two.get(0), "").replace("%20", "+"));
              text.append("=").append(quoted(execution, two.get(1), "").replace("%20", "+"));
              separator[0] = "&";
            });
    return text.toString();
  }

  private static String quoted(Execution execution, Object value, String safe) {
    TextBuffer text = new TextBuffer(execution);
    for (byte next : PythonText.str(execution, value).getBytes(StandardCharsets.UTF_8)) {
      boolean plain =
          (next >= 'a' && next <= 'z')
              || (next >= 'A' && next <= 'Z')
              || (next >= '0' && next <= '9')
              || "_.-~".indexOf(next) >= 0
              || safe.indexOf(next) >= 0;
      text.append(plain ? String.valueOf((char) next) : "%%%02X".formatted(next));
    }
    return text.toString();
  }
}
