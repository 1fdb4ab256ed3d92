package org.plumbline.model.tensor;

import java.util.SplittableRandom;

/** Normal deviates for random starts, by the polar form of Box and Muller. */
public final class Gaussians {
  private Gaussians() {}

  /** Fills with N(0, deviation²). */
  public static void fill(float[] values, double deviation, SplittableRandom random) {
    for (int i = 0; i < values.length; i += 2) {
      double u;
      double v;
      double s;
      do {
        u = 2 * random.nextDouble() - 1;
        v = 2 * random.nextDouble() - 1;
        s = u * u + v * v;
      } while (s >= 1 || s == 0);
      double factor = deviation * Math.sqrt(-2 * StrictMath.log(s) / s);
      values[i] = (float) (u * factor);
      if (i + 1 < values.length) {
        values[i + 1] = (float) (v * factor);
      }
    }
  }
}
