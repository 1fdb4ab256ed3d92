package org.plumbline.stage.config;

import java.math.BigDecimal;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** Single values: numbers, booleans, text, enums, paths. A wrong one is an error, never a guess. */
final class ScalarReader {
  private static final String DIGITS =
      "(?:0|[1-9][0-9]*(?:_[0-9]{3})*|[1-9][0-9]{0,2}(?:_[0-9]{3})+)";
  private static final Pattern WHOLE =
      Pattern.compile("[-+]?" + DIGITS + "(?:[eE]\\+?[0-9]{1,2})?");
  private static final Pattern NUMBER =
      Pattern.compile("[-+]?(?:" + DIGITS + "(?:\\.[0-9]*)?|\\.[0-9]+)(?:[eE][-+]?[0-9]{1,3})?");

  /** Why a value cannot be taken; the message says what is needed. */
  static final class Mismatch extends Exception {
    private static final long serialVersionUID = 1L;

    Mismatch(String needed) {
      super(needed);
    }
  }

  private ScalarReader() {}

  /** True for types that {@link #read} takes. */
  static boolean takes(Class<?> type) {
    return type.isEnum()
        || List.of(
                int.class,
                Integer.class,
                long.class,
                Long.class,
                double.class,
                Double.class,
                boolean.class,
                Boolean.class,
                String.class,
                Path.class)
            .contains(type);
  }

  /** The value as the type asks for it. */
  static Object read(Class<?> type, YamlNode.Scalar scalar) throws Mismatch {
    if (type.isEnum()) {
      return constant(type, scalar);
    }
    if (scalar.isNull()) {
      throw new Mismatch(needed(type));
    }
    if (type == String.class) {
      return scalar.text();
    }
    if (type == Path.class) {
      return path(scalar.text());
    }
    String text = plain(scalar, needed(type));
    if (type == boolean.class || type == Boolean.class) {
      return truth(text);
    }
    if (type == double.class || type == Double.class) {
      return number(text);
    }
    boolean isInt = type == int.class || type == Integer.class;
    long value =
        isInt
            ? whole(text, Integer.MIN_VALUE, Integer.MAX_VALUE)
            : whole(text, Long.MIN_VALUE, Long.MAX_VALUE);
    return isInt ? (Object) (int) value : (Object) value;
  }

  /** What a type needs, in words. */
  static String needed(Class<?> type) {
    if (type == int.class || type == Integer.class || type == long.class || type == Long.class) {
      return "a whole number";
    }
    if (type == double.class || type == Double.class) {
      return "a number";
    }
    if (type == boolean.class || type == Boolean.class) {
      return "true or false";
    }
    if (type == Path.class) {
      return "a path";
    }
    return type.isEnum() ? "one of " + String.join(", ", names(type)) : "text";
  }

  /** YAML names of an enum's constants. */
  static List<String> names(Class<?> type) {
    return Arrays.stream(type.getEnumConstants()).map(c -> name((Enum<?>) c)).toList();
  }

  /** YAML name of an enum constant: its name in lower case. */
  static String name(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  private static Object constant(Class<?> type, YamlNode.Scalar scalar) throws Mismatch {
    String wanted = scalar.text().replace('-', '_').replace("+", "_plus");
    for (Object constant : type.getEnumConstants()) {
      if (name((Enum<?>) constant).equals(wanted) || aliases((Enum<?>) constant).contains(wanted)) {
        return constant;
      }
    }
    String hint =
        KeyNames.nearest(wanted, names(type)).map(n -> "; did you mean " + n + "?").orElse("");
    throw new Mismatch(needed(type) + hint);
  }

  /** Other names of a constant: those of the field for the same thing. */
  static List<String> aliases(Enum<?> constant) {
    try {
      Alias alias =
          constant.getDeclaringClass().getField(constant.name()).getAnnotation(Alias.class);
      return alias == null ? List.of() : List.of(alias.value());
    } catch (NoSuchFieldException e) {
      throw new AssertionError("an enum's constants are its fields", e);
    }
  }

  private static String plain(YamlNode.Scalar scalar, String needed) throws Mismatch {
    if (!scalar.plain()) {
      throw new Mismatch(needed + "; remove the quotes");
    }
    return scalar.text();
  }

  private static Path path(String text) throws Mismatch {
    if (text.isBlank()) {
      throw new Mismatch("a path");
    }
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw new Mismatch("a path; " + e.getReason());
    }
  }

  private static boolean truth(String text) throws Mismatch {
    if (text.equals("true") || text.equals("false")) {
      return text.equals("true");
    }
    boolean yes = List.of("yes", "on", "y", "1", "True", "TRUE").contains(text);
    boolean no = List.of("no", "off", "n", "0", "False", "FALSE").contains(text);
    throw new Mismatch("true or false" + (yes ? "; write true" : no ? "; write false" : ""));
  }

  private static double number(String text) throws Mismatch {
    if (!NUMBER.matcher(text).matches()) {
      throw new Mismatch("a number" + hint(text));
    }
    double value = Double.parseDouble(text.replace("_", ""));
    if (Double.isInfinite(value)) {
      throw new Mismatch("a number that a double can hold");
    }
    return value;
  }

  private static long whole(String text, long least, long most) throws Mismatch {
    if (!WHOLE.matcher(text).matches()) {
      throw new Mismatch(
          "a whole number" + (NUMBER.matcher(text).matches() ? ", not a fraction" : hint(text)));
    }
    BigDecimal value = new BigDecimal(text.replace("_", ""));
    if (value.compareTo(BigDecimal.valueOf(least)) < 0
        || value.compareTo(BigDecimal.valueOf(most)) > 0) {
      throw new Mismatch("a whole number from %d to %d".formatted(least, most));
    }
    return value.longValueExact();
  }

  private static String hint(String text) {
    if (text.matches("[-+]?[0-9]+,[0-9]+")) {
      return "; write a decimal point or underscores, no comma";
    }
    if (text.matches("0[0-9]+")) {
      return "; remove the leading zero";
    }
    if (text.endsWith("%")) {
      return "; write the fraction, such as 0.05 for 5%";
    }
    return text.toLowerCase(Locale.ROOT).matches("[-+]?\\.?(inf|nan)") ? "; it must be finite" : "";
  }
}
