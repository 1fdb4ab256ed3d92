package org.plumbline.model.config;

import java.util.List;

/** How rotary frequencies are changed for a longer context. */
public interface RopeScaling {
  /** No scaling. */
  RopeScaling NONE = RopeScaling::plain;

  /**
   * Radians per position of each pair.
   *
   * @param dimensions twice the number of pairs
   * @param length longest sequence of the call
   */
  float[] frequencies(double theta, int dimensions, int length);

  /** Factor on cosines and sines. */
  default double magnitude() {
    return 1;
  }

  /** Lengths with an equal value here have equal frequencies. */
  default int regime(int length) {
    return 0;
  }

  private static float[] plain(double theta, int dimensions, int length) {
    return of(theta, dimensions);
  }

  /** Unscaled frequencies. */
  static float[] of(double theta, int dimensions) {
    float[] frequencies = new float[dimensions / 2];
    for (int i = 0; i < frequencies.length; i++) {
      float exponent = (float) (2 * i) / dimensions;
      frequencies[i] = 1f / (float) Math.pow(theta, exponent);
    }
    return frequencies;
  }

  /**
   * {@code linear}: positions are divided (Chen et al. 2023).
   *
   * @param factor by which the context grew
   */
  record Linear(double factor) implements RopeScaling {
    @Override
    public float[] frequencies(double theta, int dimensions, int length) {
      float[] frequencies = of(theta, dimensions);
      for (int i = 0; i < frequencies.length; i++) {
        frequencies[i] /= (float) factor;
      }
      return frequencies;
    }
  }

  /**
   * {@code dynamic}: the base grows with the sequence beyond the trained context (NTK-aware).
   *
   * @param maxPositions the trained context
   */
  record Dynamic(double factor, int maxPositions) implements RopeScaling {
    @Override
    public float[] frequencies(double theta, int dimensions, int length) {
      int reached = Math.max(length, maxPositions);
      double grown = factor * reached / maxPositions - (factor - 1);
      double exponent = dimensions / (dimensions - 2.0);
      return of(theta * Math.pow(grown, exponent), dimensions);
    }

    @Override
    public int regime(int length) {
      return length <= maxPositions ? 0 : length;
    }
  }

  /**
   * {@code llama3}: long waves are stretched, short ones kept, those between blended (Llama 3.1).
   *
   * @param originalMaxPositions the context of pretraining
   */
  record Llama3(
      double factor,
      double lowFrequencyFactor,
      double highFrequencyFactor,
      int originalMaxPositions)
      implements RopeScaling {
    @Override
    public float[] frequencies(double theta, int dimensions, int length) {
      float[] frequencies = of(theta, dimensions);
      for (int i = 0; i < frequencies.length; i++) {
        frequencies[i] = scaled(frequencies[i]);
      }
      return frequencies;
    }

    private float scaled(float frequency) {
      float low = (float) lowFrequencyFactor;
      float high = (float) highFrequencyFactor;
      float context = originalMaxPositions;
      float wavelength = (float) (2 * Math.PI) / frequency;
      if (wavelength > context / low) {
        return frequency / (float) factor;
      }
      if (wavelength < context / high) {
        return frequency;
      }
      float smooth = (context / wavelength - low) / (high - low);
      return (1 - smooth) * frequency / (float) factor + smooth * frequency;
    }
  }

  /**
   * {@code yarn}: fast waves are kept, slow ones stretched, with a ramp between (Peng et al. 2023).
   *
   * @param fast rotations over the context above which a wave is kept
   * @param slow rotations below which it is stretched
   * @param truncate whether the ramp begins and ends at whole pairs
   */
  record Yarn(
      double factor,
      double fast,
      double slow,
      int originalMaxPositions,
      double magnitude,
      boolean truncate)
      implements RopeScaling {
    @Override
    public float[] frequencies(double theta, int dimensions, int length) {
      double low = pair(fast, theta, dimensions);
      double high = pair(slow, theta, dimensions);
      low = Math.max(truncate ? Math.floor(low) : low, 0);
      high = Math.min(truncate ? Math.ceil(high) : high, dimensions - 1);
      high = low == high ? high + 0.001 : high;
      float[] frequencies = of(theta, dimensions);
      for (int i = 0; i < frequencies.length; i++) {
        float ramp = (float) Math.min(1, Math.max(0, (i - low) / (high - low)));
        float kept = 1 - ramp;
        frequencies[i] = frequencies[i] / (float) factor * (1 - kept) + frequencies[i] * kept;
      }
      return frequencies;
    }

    private double pair(double rotations, double theta, int dimensions) {
      return dimensions
          * Math.log(originalMaxPositions / (rotations * 2 * Math.PI))
          / (2 * Math.log(theta));
    }
  }

  /**
   * {@code longrope}: each pair has its own divisor, one set up to the trained context and another
   * beyond it (Ding et al. 2024).
   */
  record LongRope(
      List<Double> shortFactors,
      List<Double> longFactors,
      int originalMaxPositions,
      double magnitude)
      implements RopeScaling {
    public LongRope {
      shortFactors = List.copyOf(shortFactors);
      longFactors = List.copyOf(longFactors);
    }

    @Override
    public float[] frequencies(double theta, int dimensions, int length) {
      List<Double> factors = regime(length) == 0 ? shortFactors : longFactors;
      float[] frequencies = new float[dimensions / 2];
      for (int i = 0; i < frequencies.length; i++) {
        float exponent = (float) (2 * i) / dimensions;
        frequencies[i] = 1f / (factors.get(i).floatValue() * (float) Math.pow(theta, exponent));
      }
      return frequencies;
    }

    @Override
    public int regime(int length) {
      return length > originalMaxPositions ? 1 : 0;
    }
  }
}
