package org.plumbline.model.chat.jinja;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;

/** Floats as text: Python's {@code repr} and the formats e, f and g. */
final class FloatText {
  private FloatText() {}

  /** The shortest text that reads back as the same float. */
  static String of(double value) {
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      return special(value);
    }
    if (value == 0) {
      return 1 / value < 0 ? "-0.0" : "0.0";
    }
    BigDecimal bare = shortest(value);
    int exponent = bare.precision() - bare.scale() - 1;
    if (exponent < -4 || exponent >= 16) {
      return scientific(bare, exponent);
    }
    String plain = bare.toPlainString();
    return plain.indexOf('.') >= 0 ? plain : plain + ".0";
  }

  /** Java's own text may have a digit more than needed, and not be the nearest of its length. */
  private static BigDecimal shortest(double value) {
    BigDecimal shortest = new BigDecimal(Double.toString(value)).stripTrailingZeros();
    BigDecimal exact = new BigDecimal(value);
    for (int digits = shortest.precision(); digits > 0; digits--) {
      BigDecimal rounded = exact.round(new MathContext(digits, RoundingMode.HALF_EVEN));
      if (rounded.doubleValue() != value) {
        break;
      }
      shortest = rounded;
    }
    return shortest.stripTrailingZeros();
  }

  private static String special(double value) {
    return Double.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
  }

  private static String scientific(BigDecimal value, int exponent) {
    String digits = value.unscaledValue().abs().toString();
    String fraction = digits.length() > 1 ? "." + digits.substring(1) : "";
    return (value.signum() < 0 ? "-" : "")
        + digits.charAt(0)
        + fraction
        + String.format(Locale.ROOT, "e%s%02d", exponent < 0 ? "-" : "+", Math.abs(exponent));
  }

  /** With so many digits after the point. */
  static String fixed(double value, int digits) {
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      return special(value);
    }
    String text =
        new BigDecimal(value).setScale(digits, RoundingMode.HALF_EVEN).abs().toPlainString();
    return (isNegative(value) ? "-" : "") + text;
  }

  /** As a number between 1 and 10 with so many digits after the point, and an exponent. */
  static String exponential(double value, int digits) {
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      return special(value);
    }
    BigDecimal rounded =
        new BigDecimal(value).round(new MathContext(digits + 1, RoundingMode.HALF_EVEN));
    int exponent = value == 0 ? 0 : rounded.precision() - rounded.scale() - 1;
    BigDecimal exact =
        value == 0
            ? BigDecimal.ZERO.setScale(digits)
            : rounded.setScale(digits - exponent, RoundingMode.HALF_EVEN).abs();
    String text = exact.unscaledValue().toString();
    text = value == 0 ? "0".repeat(digits + 1) : text;
    String fraction = digits > 0 ? "." + text.substring(1) : "";
    return (isNegative(value) ? "-" : "")
        + text.charAt(0)
        + fraction
        + String.format(Locale.ROOT, "e%s%02d", exponent < 0 ? "-" : "+", Math.abs(exponent));
  }

  /** With so many significant digits, trailing zeros left out. */
  static String general(double value, int digits) {
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      return special(value);
    }
    int significant = Math.max(1, digits);
    if (value == 0) {
      return isNegative(value) ? "-0" : "0";
    }
    BigDecimal rounded =
        new BigDecimal(value)
            .round(new MathContext(significant, RoundingMode.HALF_EVEN))
            .stripTrailingZeros();
    int exponent = rounded.precision() - rounded.scale() - 1;
    return exponent < -4 || exponent >= significant
        ? scientific(rounded, exponent)
        : rounded.toPlainString();
  }

  private static boolean isNegative(double value) {
    return value < 0 || (value == 0 && 1 / value < 0);
  }
}
