package org.plumbline.ppo;

/** Means and whitening over the true entries of a mask; arrays are (B, R). */
final class Masked {
  private static final double EPSILON = 1e-8;

  private Masked() {}

  static long count(boolean[][] mask) {
    long n = 0;
    for (boolean[] row : mask) {
      for (boolean real : row) {
        n += real ? 1 : 0;
      }
    }
    return n;
  }

  static double mean(double[][] values, boolean[][] mask) {
    double sum = 0;
    for (int b = 0; b < values.length; b++) {
      for (int t = 0; t < values[b].length; t++) {
        sum += mask[b][t] ? values[b][t] : 0;
      }
    }
    return sum / count(mask);
  }

  /**
   * (x − mean) / sqrt(variance + 1e-8), the variance unbiased as in TRL; applied to every entry.
   *
   * @param shiftMean false adds the mean again (reward whitening)
   */
  static double[][] whiten(double[][] values, boolean[][] mask, boolean shiftMean) {
    double mean = mean(values, mask);
    double squares = 0;
    for (int b = 0; b < values.length; b++) {
      for (int t = 0; t < values[b].length; t++) {
        squares += mask[b][t] ? (values[b][t] - mean) * (values[b][t] - mean) : 0;
      }
    }
    long n = count(mask);
    double scale = 1 / Math.sqrt(squares / Math.max(1, n - 1) + EPSILON);
    double[][] white = new double[values.length][];
    for (int b = 0; b < values.length; b++) {
      white[b] = new double[values[b].length];
      for (int t = 0; t < values[b].length; t++) {
        white[b][t] = (values[b][t] - mean) * scale + (shiftMean ? 0 : mean);
      }
    }
    return white;
  }
}
