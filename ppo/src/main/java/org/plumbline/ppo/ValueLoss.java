package org.plumbline.ppo;

/**
 * ½ mean of max((V − R)², (V_clipped − R)²) over real tokens, V_clipped within ± clip of the old
 * value.
 */
final class ValueLoss {
  private ValueLoss() {}

  /**
   * Sums over the true entries, divided by {@code tokens}.
   *
   * @param values predictions now (B, R)
   * @param old predictions when the replies were sampled (B, R)
   * @param tokens true entries in the whole minibatch
   */
  static Result of(
      double[][] values,
      double[][] old,
      double[][] returns,
      boolean[][] mask,
      double clip,
      double tokens) {
    double loss = 0;
    double clipped = 0;
    double[][] grad = new double[values.length][];
    for (int b = 0; b < values.length; b++) {
      grad[b] = new double[values[b].length];
      for (int t = 0; t < values[b].length; t++) {
        if (!mask[b][t]) {
          continue;
        }
        double error = values[b][t] - returns[b][t];
        double bounded =
            Math.max(old[b][t] - clip, Math.min(old[b][t] + clip, values[b][t])) - returns[b][t];
        boolean bound = bounded * bounded > error * error;
        loss += 0.5 * Math.max(error * error, bounded * bounded);
        clipped += bound ? 1 : 0;
        grad[b][t] = bound ? 0 : error / tokens;
      }
    }
    return new Result(loss / tokens, clipped / tokens, grad);
  }

  /**
   * What one call gives.
   *
   * @param clipFraction entries whose bound is in force
   * @param grad d loss / d values (B, R)
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Result(double loss, double clipFraction, double[][] grad) {}
}
