package org.plumbline.evaluation.statistics;

import org.plumbline.stage.statistics.Interval;

/** Wilson's score interval for a share of independent successes (Wilson 1927). */
public final class Wilson {
  /** 97.5 % quantile of the normal distribution. */
  private static final double Z = 1.959963984540054;

  private Wilson() {}

  /**
   * The 95 % interval; with no trials it is all of [0, 1] around ½.
   *
   * @param successes out of {@code trials}; a tie may count half
   */
  public static Interval interval(double successes, int trials) {
    if (trials == 0) {
      return new Interval(0.5, 0, 1, 0);
    }
    double p = successes / trials;
    double z2 = Z * Z;
    double centre = (p + z2 / (2 * trials)) / (1 + z2 / trials);
    double half =
        Z / (1 + z2 / trials) * Math.sqrt(p * (1 - p) / trials + z2 / (4.0 * trials * trials));
    return new Interval(p, Math.max(0, centre - half), Math.min(1, centre + half), trials);
  }
}
