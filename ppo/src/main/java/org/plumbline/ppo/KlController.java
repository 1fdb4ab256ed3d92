package org.plumbline.ppo;

/** Sets the KL coefficient of the next update. */
sealed interface KlController permits FixedKl, AdaptiveKl {
  /** Coefficient now. */
  double beta();

  /** The controller after an update with this mean sequence KL (nats) over so many episodes. */
  KlController observe(double meanKl, int episodes);

  /** The same controller with the coefficient of a checkpoint. */
  KlController withBeta(double beta);
}
