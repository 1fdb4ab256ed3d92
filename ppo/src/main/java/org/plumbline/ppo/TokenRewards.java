package org.plumbline.ppo;

/**
 * Rewards per token: −β KL_t everywhere, the score of the whole reply on one token (Ziegler et al.
 * 2019, eq. 2).
 */
final class TokenRewards {
  private TokenRewards() {}

  /** Per-token KL estimates, 0 where the mask is false: nats (B, R). */
  static double[][] kl(
      double[][] logProbs, double[][] reference, boolean[][] mask, KlEstimator estimator) {
    double[][] kl = new double[logProbs.length][];
    for (int b = 0; b < kl.length; b++) {
      kl[b] = new double[logProbs[b].length];
      for (int t = 0; t < kl[b].length; t++) {
        kl[b][t] = mask[b][t] ? estimator.of(logProbs[b][t], reference[b][t]) : 0;
      }
    }
    return kl;
  }

  /**
   * Shapes the rewards.
   *
   * @param scores one per reply (B)
   * @param scoreAt position of each reply that gets its score (B)
   */
  static double[][] shape(double[][] kl, double beta, double[] scores, int[] scoreAt) {
    double[][] rewards = new double[kl.length][];
    for (int b = 0; b < kl.length; b++) {
      rewards[b] = new double[kl[b].length];
      for (int t = 0; t < kl[b].length; t++) {
        rewards[b][t] = -beta * kl[b][t];
      }
      rewards[b][scoreAt[b]] += scores[b];
    }
    return rewards;
  }
}
