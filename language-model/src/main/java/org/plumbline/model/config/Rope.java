package org.plumbline.model.config;

/**
 * Rotary position embedding (Su et al. 2021) in the layout of transformers: element i turns with
 * element i + dimensions / 2.
 *
 * @param theta base of the frequencies
 * @param dimensions how many of a head's leading elements turn
 */
public record Rope(double theta, int dimensions, RopeScaling scaling) {

  /**
   * Radians per position for each of the dimensions / 2 pairs, scaling applied. In float32 steps,
   * as transformers computes them: in double precision, angles differ visibly at far positions.
   */
  public float[] inverseFrequencies() {
    float[] frequencies = new float[dimensions / 2];
    for (int i = 0; i < frequencies.length; i++) {
      float exponent = (float) (2 * i) / dimensions;
      frequencies[i] = scaled(1f / (float) Math.pow(theta, exponent));
    }
    return frequencies;
  }

  private float scaled(float frequency) {
    return switch (scaling.kind()) {
      case NONE -> frequency;
      case LINEAR -> frequency / (float) scaling.factor();
      case LLAMA3 -> llama3(frequency);
    };
  }

  /** Long waves are stretched, short ones kept, those between blended (Llama 3.1). */
  private float llama3(float frequency) {
    float factor = (float) scaling.factor();
    float low = (float) scaling.lowFrequencyFactor();
    float high = (float) scaling.highFrequencyFactor();
    float context = scaling.originalMaxPositions();
    float wavelength = (float) (2 * Math.PI) / frequency;
    if (wavelength > context / low) {
      return frequency / factor;
    }
    if (wavelength < context / high) {
      return frequency;
    }
    float smooth = (context / wavelength - low) / (high - low);
    return (1 - smooth) * frequency / factor + smooth * frequency;
  }
}
