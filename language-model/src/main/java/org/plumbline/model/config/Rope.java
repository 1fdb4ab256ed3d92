package org.plumbline.model.config;

/**
 * Rotary position embedding (Su et al. 2021).
 *
 * @param theta base of the frequencies
 * @param dimensions how many of a head's leading elements turn
 * @param interleaved element 2i turns with 2i + 1 (GLM) rather than i with i + dimensions / 2
 */
public record Rope(double theta, int dimensions, boolean interleaved, RopeScaling scaling) {

  /**
   * Radians per position for each of the dimensions / 2 pairs, scaling applied. In float32 steps,
   * as transformers computes them: in double precision, angles differ visibly at far positions.
   *
   * @param length longest sequence of the call, of which some scalings make the frequencies depend
   */
  public float[] inverseFrequencies(int length) {
    return scaling.frequencies(theta, dimensions, length);
  }

  /** Factor on cosines and sines. */
  public double magnitude() {
    return scaling.magnitude();
  }

  /** Lengths with an equal value here have equal frequencies. */
  public int regime(int length) {
    return scaling.regime(length);
  }
}
