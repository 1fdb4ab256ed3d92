package org.plumbline.ppo;

/**
 * Generalised advantage estimation (Schulman et al. 2016, eq. 16): δ_t = r_t + γ V_{t+1} − V_t, A_t
 * = δ_t + γ λ A_{t+1}. The value after the last position is 0; values and rewards past a reply's
 * end must be 0 before the call.
 */
record Gae(double gamma, double lambda) {
  /**
   * Estimates both targets.
   *
   * @param rewards reward units (B, R)
   * @param values V of the state before each token, reward units (B, R)
   */
  Targets estimate(double[][] rewards, double[][] values) {
    double[][] advantages = new double[rewards.length][];
    double[][] returns = new double[rewards.length][];
    for (int b = 0; b < rewards.length; b++) {
      int length = rewards[b].length;
      advantages[b] = new double[length];
      returns[b] = new double[length];
      double next = 0;
      for (int t = length - 1; t >= 0; t--) {
        double valueAfter = t + 1 < length ? values[b][t + 1] : 0;
        double delta = rewards[b][t] + gamma * valueAfter - values[b][t];
        next = delta + gamma * lambda * next;
        advantages[b][t] = next;
        returns[b][t] = next + values[b][t];
      }
    }
    return new Targets(advantages, returns);
  }

  /**
   * What policy and value model learn from.
   *
   * @param advantages (B, R)
   * @param returns advantages + values (B, R)
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Targets(double[][] advantages, double[][] returns) {}
}
