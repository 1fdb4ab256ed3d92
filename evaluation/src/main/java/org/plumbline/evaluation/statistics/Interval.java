package org.plumbline.evaluation.statistics;

/**
 * An estimate with its 95 % interval.
 *
 * @param n independent units behind it (prompts, or pairs of prompts)
 */
public record Interval(double value, double low, double high, int n) {
  /** The interval of a number known without error. */
  public static Interval exact(double value, int n) {
    return new Interval(value, value, value, n);
  }

  /** True if zero lies outside. */
  public boolean excludesZero() {
    return low > 0 || high < 0;
  }
}
