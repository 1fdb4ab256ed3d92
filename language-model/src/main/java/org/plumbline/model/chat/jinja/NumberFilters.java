package org.plumbline.model.chat.jinja;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Filters that make and round numbers. */
final class NumberFilters {
  private static final Pattern INTEGER =
      Pattern.compile(
          "([-+]?)(0[xX]|0[oO]|0[bB])?(\\w(?:_?\\w)*)", Pattern.UNICODE_CHARACTER_CLASS);
  private static final Pattern REAL =
      Pattern.compile("[-+]?(?:\\d(?:_?\\d)*)?\\.?(?:\\d(?:_?\\d)*)?(?:[eE][-+]?\\d+)?");
  private static final int LONGEST = 1000; // characters of a number

  private NumberFilters() {}

  static void addTo(Map<String, Filters.Filter> filters) {
    filters.put("int", NumberFilters::integer);
    filters.put("float", NumberFilters::real);
    Filters.putPlain(filters, "abs", (execution, value) -> absolute(value));
    filters.put("round", NumberFilters::round);
    filters.put("filesizeformat", NumberFilters::fileSize);
  }

  private static Object integer(Execution execution, Object value, Arguments arguments) {
    Arguments.Bound bound = arguments.bind("int", 0, "default", "base");
    if (value instanceof Undefined undefined) {
      throw undefined.error();
    }
    Optional<Object> read = Optional.empty();
    if (PythonText.isText(value)) {
      execution.charge(PythonText.raw(value).length());
      read = parsed(PythonText.raw(value), bound.integer("base", 10));
    } else if (Numbers.isInteger(value)) {
      read = Optional.of(Numbers.normal(Numbers.big(value)));
    }
    return read.or(() -> parsedReal(value).filter(Double::isFinite).map(Numbers::truncated))
        .orElse(bound.get("default", 0L));
  }

  private static Optional<Object> parsed(String text, int base) {
    Matcher parts = INTEGER.matcher(StringMethods.stripped(text, "", true, true));
    if (!parts.matches() || base < 2 || base > 36 || text.length() > LONGEST) {
      return Optional.empty();
    }
    String prefix = parts.group(2) == null ? "" : parts.group(2).toLowerCase(Locale.ROOT);
    boolean prefixed =
        (base == 16 && prefix.equals("0x"))
            || (base == 8 && prefix.equals("0o"))
            || (base == 2 && prefix.equals("0b"));
    String digits = (prefixed ? "" : prefix) + parts.group(3).replace("_", "");
    try {
      BigInteger size = new BigInteger(digits, base);
      return Optional.of(Numbers.normal(parts.group(1).equals("-") ? size.negate() : size));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static Object real(Execution execution, Object value, Arguments arguments) {
    Object fallback = arguments.bind("float", 0, "default").get("default", 0.0);
    if (value instanceof Undefined undefined) {
      throw undefined.error();
    }
    execution.charge(PythonText.isText(value) ? PythonText.raw(value).length() : 0);
    return parsedReal(value).<Object>map(number -> number).orElse(fallback);
  }

  private static Optional<Double> parsedReal(Object value) {
    if (Numbers.isNumber(value)) {
      return Optional.of(Numbers.real(value));
    }
    if (!PythonText.isText(value) || PythonText.raw(value).length() > LONGEST) {
      return Optional.empty();
    }
    String text = StringMethods.stripped(PythonText.raw(value), "", true, true);
    String bare = text.toLowerCase(Locale.ROOT).replaceFirst("^[-+]", "");
    double sign = text.startsWith("-") ? -1 : 1;
    if (bare.equals("inf") || bare.equals("infinity")) {
      return Optional.of(sign * Double.POSITIVE_INFINITY);
    } else if (bare.equals("nan")) {
      return Optional.of(Double.NaN);
    }
    boolean number = REAL.matcher(text).matches() && bare.matches("\\.?\\d.*");
    return number ? Optional.of(Double.valueOf(text.replace("_", ""))) : Optional.empty();
  }

  private static Object absolute(Object value) {
    if (!Numbers.isNumber(value)) {
      throw PythonError.type("bad operand type for abs(): '%s'", Types.name(value));
    }
    return Numbers.compare(value, 0L) < 0
        ? Numbers.negative(value)
        : value instanceof Boolean ? Numbers.apply("+", value, 0L) : value;
  }

  private static Object round(Execution execution, Object value, Arguments arguments) {
    Arguments.Bound bound = arguments.bind("round", 0, "precision", "method");
    int precision = FormatSpec.precision(null, Math.abs(bound.integer("precision", 0)));
    precision = bound.integer("precision", 0) < 0 ? -precision : precision;
    String method = bound.text("method", "common");
    if (!List.of("common", "ceil", "floor").contains(method)) {
      throw PythonError.argument("method must be common, ceil or floor");
    }
    if (!Numbers.isNumber(value)) {
      throw PythonError.type("type %s doesn't define __round__ method", Types.name(value));
    }
    execution.charge(20); // as long as that takes
    if (!method.equals("common")) {
      Object scale = Numbers.apply("**", 10L, (long) precision);
      double scaled = Numbers.real(Numbers.apply("*", value, scale));
      double whole = method.equals("ceil") ? Math.ceil(scaled) : Math.floor(scaled);
      return Numbers.apply("/", Numbers.truncated(whole), scale);
    }
    if (value instanceof Double real) {
      return Double.isFinite(real)
          ? new BigDecimal(real).setScale(precision, RoundingMode.HALF_EVEN).doubleValue()
          : real;
    }
    BigDecimal exact = new BigDecimal(Numbers.big(value));
    return Numbers.normal(
        exact.setScale(Math.min(0, precision), RoundingMode.HALF_EVEN).toBigInteger());
  }

  private static Object fileSize(Execution execution, Object value, Arguments arguments) {
    boolean binary = arguments.bind("filesizeformat", 0, "binary").flag("binary");
    double bytes =
        parsedReal(value).orElseThrow(() -> PythonError.value("could not convert to float"));
    double base = binary ? 1024 : 1000;
    if (bytes == 1) {
      return "1 Byte";
    } else if (bytes < base) {
      return Numbers.truncated(bytes) + " Bytes";
    }
    String units = "kMGTPEZY";
    double scaled = bytes / base;
    int unit = 0;
    while (scaled >= base && unit < units.length() - 1) {
      scaled /= base;
      unit++;
    }
    String prefix = units.substring(unit, unit + 1);
    return FloatText.fixed(scaled, 1)
        + " "
        + (binary ? prefix.toUpperCase(Locale.ROOT) + "iB" : prefix + "B");
  }
}
