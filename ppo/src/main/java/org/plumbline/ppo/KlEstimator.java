package org.plumbline.ppo;

/** Estimators of KL(π ‖ π_ref) from one token's log-probabilities (Schulman 2020). */
public enum KlEstimator {
  /** log π − log π_ref: unbiased, may be negative. */
  K1,
  /** e^(log π_ref − log π) − 1 − (log π_ref − log π): unbiased, never negative. */
  K3;

  /** The estimate in nats. */
  double of(double logProb, double reference) {
    double r = reference - logProb;
    return this == K1 ? -r : Math.expm1(r) - r;
  }
}
