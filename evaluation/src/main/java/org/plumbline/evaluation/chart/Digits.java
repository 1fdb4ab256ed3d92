package org.plumbline.evaluation.chart;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;

/** Numbers as people read them; the same in every locale. */
public final class Digits {
  /** A per cent sign that stays with its number. */
  public static final String PERCENT = "\u00a0%";

  private Digits() {}

  /** Three significant digits, without trailing zeros; a dash for what is no number. */
  public static String of(double value) {
    if (!Double.isFinite(value)) {
      return "–";
    }
    if (value == 0) {
      return "0";
    }
    double size = Math.abs(value);
    BigDecimal rounded = new BigDecimal(value).round(new MathContext(3));
    return size >= 1e7 || size < 1e-5
        ? String.format(Locale.ROOT, "%.2e", value)
        : minus(rounded.stripTrailingZeros().toPlainString());
  }

  /** With the decimals that three significant digits of another number take. */
  public static String like(double value, double other) {
    int decimals = 2 - (int) Math.floor(Math.log10(Math.abs(other)));
    if (!Double.isFinite(value) || other == 0 || decimals < 0 || decimals > 6) {
      return of(value);
    }
    BigDecimal rounded = new BigDecimal(value).setScale(decimals, RoundingMode.HALF_EVEN);
    return minus(rounded.stripTrailingZeros().toPlainString());
  }

  /** A share as a percentage with one decimal, such as 48.7 %. */
  public static String percent(double share) {
    return Double.isFinite(share)
        ? minus(String.format(Locale.ROOT, "%.1f", 100 * share)) + PERCENT
        : "–";
  }

  /** With a sign in front. */
  public static String signed(double value) {
    return (value > 0 ? "+" : "") + of(value);
  }

  private static String minus(String text) {
    return text.startsWith("-") ? "−" + text.substring(1) : text;
  }
}
