package org.plumbline.ppo;

import java.util.Optional;
import org.plumbline.stage.config.Check;
import org.plumbline.stage.config.Default;

/**
 * The penalty that holds the policy near its reference.
 *
 * @param beta coefficient on the per-token KL in the reward, reward units per nat
 * @param target sequence KL in nats that an adaptive controller steers to; absent: beta stays fixed
 * @param horizon episodes over which the adaptive controller answers
 * @param estimator of the per-token KL: k1 = log π − log π_ref, k3 = e^−k1 − 1 + k1 (Schulman 2020)
 * @param limit highest sequence KL, nats, at which an evaluation may be chosen as the best; 0 for
 *     none
 */
public record KlConfig(
    @Default("0.05") double beta,
    Optional<Double> target,
    @Default("10000") int horizon,
    @Default("k1") KlEstimator estimator,
    @Default("0.0") double limit) {
  public KlConfig {
    Check.nonNegative("kl.beta", beta);
    target.ifPresent(value -> Check.positive("kl.target", value));
    Check.positive("kl.horizon", horizon);
    Check.nonNegative("kl.limit", limit);
  }

  /** The controller at its start. */
  KlController controller() {
    return target.isPresent() ? new AdaptiveKl(beta, target.get(), horizon) : new FixedKl(beta);
  }
}
