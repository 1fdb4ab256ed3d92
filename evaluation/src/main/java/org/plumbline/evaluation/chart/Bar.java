package org.plumbline.evaluation.chart;

/**
 * One bar.
 *
 * @param colour place in the legend; −1 for a bar that is only there to compare with
 * @param low lower end of its interval; NaN where it has none
 * @param high upper end
 */
public record Bar(String label, int colour, double value, double low, double high) {
  /** A bar without an interval. */
  public static Bar plain(String label, int colour, double value) {
    return new Bar(label, colour, value, Double.NaN, Double.NaN);
  }

  boolean hasInterval() {
    return Double.isFinite(low) && Double.isFinite(high) && low < high;
  }
}
