package org.plumbline.model.chat.jinja;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Python's format specifications, such as {@code >8.2f}. */
final class FormatSpec {
  private static final Pattern SPEC =
      Pattern.compile(
          "(?:(.)?([<>=^]))?([-+ ])?(#)?(0)?(\\d+)?([,_])?(?:\\.(\\d+))?([bcdeEfFgGnosxX%])?",
          Pattern.DOTALL);
  private static final int MOST_DIGITS = 100;
  private static final int NUMBER_STEPS = 50; // as long as formatting one may take

  private FormatSpec() {}

  static String apply(Execution execution, Object value, String spec) {
    if (spec.isEmpty()) {
      return PythonText.str(execution, value);
    }
    Matcher parts = SPEC.matcher(spec);
    if (!parts.matches()) {
      throw PythonError.value("Invalid format specifier");
    }
    boolean number = Numbers.isNumber(value);
    execution.charge(number ? NUMBER_STEPS : 0);
    if (!number && !PythonText.isText(value)) {
      throw PythonError.type(
          "unsupported format string passed to %s.__format__", Types.name(value));
    }
    String body = number ? number(value, parts) : text(value, parts);
    boolean zeros = parts.group(5) != null;
    char alignment =
        parts.group(2) != null ? parts.group(2).charAt(0) : zeros ? '=' : number ? '>' : '<';
    String fill = parts.group(1) != null ? parts.group(1) : zeros ? "0" : " ";
    int width = parts.group(6) == null ? 0 : bounded(parts.group(6));
    return padded(execution, body, width, fill, alignment);
  }

  private static int bounded(String digits) {
    return digits.length() > 8 ? 99_999_999 : Integer.parseInt(digits);
  }

  /** A precision, refused where no float has so many digits. */
  static int precision(@Nullable String digits, int fallback) {
    int value = digits == null ? fallback : bounded(digits);
    if (value > MOST_DIGITS) {
      throw PythonError.limit("a precision of %d exceeds %d digits", value, MOST_DIGITS);
    }
    return value;
  }

  static String padded(Execution execution, String body, int width, String fill, char alignment) {
    if (alignment == '^') {
      int missing = Math.max(0, width - CodePoints.length(body));
      execution.requireText((long) body.length() + missing);
      return fill.repeat(missing / 2) + body + fill.repeat(missing - missing / 2);
    }
    if (alignment == '=') {
      int sign = !body.isEmpty() && "+- ".indexOf(body.charAt(0)) >= 0 ? 1 : 0;
      return body.substring(0, sign)
          + StringMethods.aligned(execution, body.substring(sign), width - sign, fill, '>');
    }
    return StringMethods.aligned(execution, body, width, fill, alignment);
  }

  private static String text(Object value, Matcher parts) {
    String type = parts.group(9);
    if (type != null && !type.equals("s")) {
      throw PythonError.value("Unknown format code '%s' for object of type 'str'", type);
    }
    String text = PythonText.raw(value);
    int most = parts.group(8) == null ? Integer.MAX_VALUE : bounded(parts.group(8));
    return most < CodePoints.length(text) ? CodePoints.slice(text, 0, most) : text;
  }

  private static String number(Object value, Matcher parts) {
    boolean integer = Numbers.isInteger(value);
    String type = parts.group(9) == null ? (integer ? "d" : "") : parts.group(9);
    String body =
        integer && "bcdoxXn".contains(type)
            ? integer(value, type, parts.group(4) != null)
            : real(Numbers.real(value), type, parts.group(8));
    body = grouped(body, parts.group(7));
    String sign = parts.group(3);
    boolean positive = !body.startsWith("-");
    return positive && sign != null && !sign.equals("-") ? sign + body : body;
  }

  private static String integer(Object value, String type, boolean prefixed) {
    String sign = Numbers.big(value).signum() < 0 ? "-" : "";
    var size = Numbers.big(value).abs();
    return switch (type) {
      case "b" -> sign + (prefixed ? "0b" : "") + size.toString(2);
      case "o" -> sign + (prefixed ? "0o" : "") + size.toString(8);
      case "x" -> sign + (prefixed ? "0x" : "") + size.toString(16);
      case "X" -> sign + (prefixed ? "0X" : "") + size.toString(16).toUpperCase(Locale.ROOT);
      case "c" -> Numbers.character(value);
      default -> sign + size;
    };
  }

  private static String real(double value, String type, @Nullable String digits) {
    String text =
        switch (type) {
          case "e", "E" -> FloatText.exponential(value, precision(digits, 6));
          case "f", "F" -> FloatText.fixed(value, precision(digits, 6));
          case "g", "G", "n" -> FloatText.general(value, precision(digits, 6));
          case "%" -> FloatText.fixed(value * 100, precision(digits, 6)) + "%";
          case "" ->
              digits == null
                  ? FloatText.of(value)
                  : withPoint(FloatText.general(value, precision(digits, 6)));
          default ->
              throw PythonError.value("Unknown format code '%s' for object of type 'float'", type);
        };
    return type.equals("E") || type.equals("G") || type.equals("F")
        ? text.toUpperCase(Locale.ROOT)
        : text;
  }

  /** Without a type, a float keeps a digit after its point. */
  private static String withPoint(String text) {
    boolean plain = text.chars().allMatch(c -> c == '-' || Character.isDigit(c));
    return plain ? new BigDecimal(text).setScale(1).toPlainString() : text;
  }

  private static String grouped(String body, @Nullable String separator) {
    if (separator == null) {
      return body;
    }
    Matcher whole = Pattern.compile("(-?)(\\d+)(.*)").matcher(body);
    if (!whole.matches()) {
      return body;
    }
    StringBuilder digits = new StringBuilder(whole.group(2));
    for (int at = digits.length() - 3; at > 0; at -= 3) {
      digits.insert(at, separator);
    }
    return whole.group(1) + digits + whole.group(3);
  }
}
