package org.plumbline.ppo;

/**
 * The clipped surrogate (Schulman et al. 2017, eq. 7): mean of max(−A ρ, −A clip(ρ, 1 ± ε)) over
 * real tokens, ρ = exp(log π − log π_old).
 */
final class PolicyLoss {
  private PolicyLoss() {}

  /**
   * Sums over the true entries, divided by {@code tokens}.
   *
   * @param logProbs of the policy now (B, R)
   * @param old of the policy that sampled (B, R)
   * @param tokens real tokens in the whole minibatch
   */
  static Result of(
      double[][] logProbs,
      double[][] old,
      double[][] advantages,
      boolean[][] mask,
      double clip,
      double tokens) {
    double loss = 0;
    double clipped = 0;
    double squares = 0;
    double ratios = 0;
    double ratioSquares = 0;
    double[][] grad = new double[logProbs.length][];
    for (int b = 0; b < logProbs.length; b++) {
      grad[b] = new double[logProbs[b].length];
      for (int t = 0; t < logProbs[b].length; t++) {
        if (!mask[b][t]) {
          continue;
        }
        double difference = logProbs[b][t] - old[b][t];
        double ratio = Math.exp(difference);
        double plain = -advantages[b][t] * ratio;
        double bound = -advantages[b][t] * Math.max(1 - clip, Math.min(1 + clip, ratio));
        loss += Math.max(plain, bound);
        clipped += bound > plain ? 1 : 0;
        squares += difference * difference;
        ratios += ratio;
        ratioSquares += ratio * ratio;
        // Where the bound is the larger one it is constant: no gradient.
        grad[b][t] = bound > plain ? 0 : plain / tokens;
      }
    }
    return new Result(
        loss / tokens,
        clipped / tokens,
        squares / 2 / tokens,
        ratios / tokens,
        ratioSquares / tokens,
        grad);
  }

  /**
   * What one call gives; sums are divided by the minibatch's tokens.
   *
   * @param clipFraction tokens whose bound is in force
   * @param approxKl ½ (log π − log π_old)², k2, nats
   * @param ratio mean of ρ
   * @param ratioSquare mean of ρ²
   * @param grad d loss / d log π (B, R)
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Result(
      double loss,
      double clipFraction,
      double approxKl,
      double ratio,
      double ratioSquare,
      double[][] grad) {}
}
