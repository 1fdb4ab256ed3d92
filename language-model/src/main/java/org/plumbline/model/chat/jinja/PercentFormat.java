package org.plumbline.model.chat.jinja;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** {@code "%s of %(name)-5d" % values}. */
final class PercentFormat {
  private static final Pattern PLACE =
      Pattern.compile("%(?:\\(([^)]*)\\))?([-+ #0]*)(\\*|\\d+)?(?:\\.(\\*|\\d+))?[hlL]?(.)?", 32);

  private final Execution execution;
  private final Object values;
  private final Iterator<Object> rest;

  private PercentFormat(Execution execution, Object values) {
    this.execution = execution;
    this.values = values;
    this.rest =
        values instanceof Tuple tuple ? tuple.items().iterator() : List.of(values).iterator();
  }

  static Object apply(Execution execution, Object format, Object values) {
    String text = new PercentFormat(execution, values).filled(PythonText.raw(format));
    return format instanceof Markup ? new Markup(text) : text;
  }

  /** A dict with texts as keys, as keywords. */
  static Map<String, Object> keywords(Object mapping) {
    Map<String, Object> keywords = new LinkedHashMap<>();
    if (mapping instanceof Map<?, ?> dict) {
      dict.forEach((key, value) -> keywords.put(PythonText.requireText(key), value));
      return keywords;
    }
    throw PythonError.type("a mapping is needed, not '%s'", Types.name(mapping));
  }

  private String filled(String format) {
    TextBuffer text = new TextBuffer(execution);
    Matcher place = PLACE.matcher(format);
    int at = 0;
    while (place.find()) {
      text.append(format.substring(at, place.start())).append(value(place));
      at = place.end();
    }
    if (rest.hasNext() && !(values instanceof Map<?, ?>)) {
      throw PythonError.type("not all arguments converted during string formatting");
    }
    return text.append(format.substring(at)).toString();
  }

  private String value(Matcher place) {
    String type = place.group(5);
    if (type == null) {
      throw PythonError.value("incomplete format");
    }
    if (type.equals("%")) {
      return "%";
    }
    String flags = place.group(2);
    int width = size(place.group(3), 0);
    int precision = size(place.group(4), -1);
    Object value = place.group(1) == null ? next() : named(place.group(1));
    String body = converted(type.charAt(0), value, precision, flags);
    char alignment =
        width < 0 || flags.contains("-")
            ? '<'
            : flags.contains("0") && Numbers.isNumber(value) && !"sr".contains(type) ? '=' : '>';
    return FormatSpec.padded(
        execution, body, Math.abs(width), alignment == '=' ? "0" : " ", alignment);
  }

  private int size(@Nullable String digits, int fallback) {
    if (digits == null) {
      return fallback;
    }
    return digits.equals("*")
        ? Numbers.index(next())
        : digits.length() > 8 ? 99_999_999 : Integer.parseInt(digits);
  }

  private Object next() {
    if (!rest.hasNext()) {
      throw PythonError.type("not enough arguments for format string");
    }
    return rest.next();
  }

  private Object named(String key) {
    if (!(values instanceof Map<?, ?> dict)) {
      throw PythonError.type("format requires a mapping");
    }
    Object value = Dicts.get(execution, dict, key);
    if (value instanceof Undefined) {
      throw new PythonError("KeyError", "'" + key + "'");
    }
    return value;
  }

  private String converted(char type, Object value, int precision, String flags) {
    String text =
        switch (type) {
          case 's' -> cut(PythonText.str(execution, value), precision);
          case 'r', 'a' -> cut(PythonText.repr(execution, value), precision);
          case 'c' -> PythonText.isText(value) ? PythonText.raw(value) : Numbers.character(value);
          case 'd', 'i', 'u' -> integer(value, precision);
          case 'x', 'X', 'o' ->
              FormatSpec.apply(
                  execution, whole(value, type), (flags.contains("#") ? "#" : "") + type);
          case 'e', 'E', 'f', 'F', 'g', 'G' ->
              FormatSpec.apply(
                  execution, real(value), "." + (precision < 0 ? 6 : precision) + type);
          default ->
              throw PythonError.value("unsupported format character '%s' (0x%x)", type, (int) type);
        };
    boolean signed = Numbers.isNumber(value) && "sra".indexOf(type) < 0 && !text.startsWith("-");
    return signed && flags.contains("+")
        ? "+" + text
        : signed && flags.contains(" ") ? " " + text : text;
  }

  private static String cut(String text, int precision) {
    return precision >= 0 && precision < CodePoints.length(text)
        ? CodePoints.slice(text, 0, precision)
        : text;
  }

  private static String integer(Object value, int precision) {
    Object number = value instanceof Double real ? Numbers.truncated(real) : whole(value, 'd');
    String text = Numbers.big(number).abs().toString();
    int zeros = Math.max(0, FormatSpec.precision(String.valueOf(Math.max(precision, 0)), 0));
    text = "0".repeat(Math.max(0, zeros - text.length())) + text;
    return Numbers.big(number).signum() < 0 ? "-" + text : text;
  }

  private static Object whole(Object value, char type) {
    if (!Numbers.isInteger(value)) {
      throw PythonError.type(
          "%%%s format: %s is required, not %s",
          String.valueOf(type).toLowerCase(Locale.ROOT),
          type == 'd' ? "a real number" : "an integer",
          Types.name(value));
    }
    return value;
  }

  private static Object real(Object value) {
    if (!Numbers.isNumber(value)) {
      throw PythonError.type("must be real number, not %s", Types.name(value));
    }
    return Numbers.real(value);
  }
}
