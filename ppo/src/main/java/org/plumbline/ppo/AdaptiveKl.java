package org.plumbline.ppo;

/**
 * Steers the sequence KL to a target (Ziegler et al. 2019, section 2.2): e = clip(KL/target − 1,
 * ±0.2), β ← β (1 + e · episodes / horizon).
 */
record AdaptiveKl(double beta, double target, int horizon) implements KlController {
  private static final double LARGEST_ERROR = 0.2;

  @Override
  public KlController observe(double meanKl, int episodes) {
    double error = Math.max(-LARGEST_ERROR, Math.min(LARGEST_ERROR, meanKl / target - 1));
    return new AdaptiveKl(beta * (1 + error * episodes / horizon), target, horizon);
  }

  @Override
  public KlController withBeta(double value) {
    return new AdaptiveKl(value, target, horizon);
  }
}
