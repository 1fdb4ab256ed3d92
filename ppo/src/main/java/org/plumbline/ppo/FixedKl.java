package org.plumbline.ppo;

/** A coefficient that stays. */
record FixedKl(double beta) implements KlController {
  @Override
  public KlController observe(double meanKl, int episodes) {
    return this;
  }

  @Override
  public KlController withBeta(double value) {
    return new FixedKl(value);
  }
}
