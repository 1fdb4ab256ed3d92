package org.plumbline.model.quantization;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** How a weight's values become codes. */
public enum Scheme {
  /**
   * 4 bits, levels at the quantiles of a normal distribution (Dettmers et al. 2023, appendix E), in
   * blocks that share a scale.
   */
  NF4(
      -1.0f,
      -0.6961928009986877f,
      -0.5250730514526367f,
      -0.39491748809814453f,
      -0.28444138169288635f,
      -0.18477343022823334f,
      -0.09105003625154495f,
      0.0f,
      0.07958029955625534f,
      0.16093020141124725f,
      0.24611230194568634f,
      0.33791524171829224f,
      0.44070982933044434f,
      0.5626170039176941f,
      0.7229568362236023f,
      1.0f),
  /** 4 bits, a small floating point number (sign, two bits of exponent, one of fraction). */
  FP4(
      0f,
      0.0625f / 12,
      8f / 12,
      1f,
      4f / 12,
      6f / 12,
      2f / 12,
      3f / 12,
      0f,
      -0.0625f / 12,
      -8f / 12,
      -1f,
      -4f / 12,
      -6f / 12,
      -2f / 12,
      -3f / 12),
  /** 8 bits in even steps, one scale per row (LLM.int8's weights, Dettmers et al. 2022). */
  INT8;

  private final float[] levels;

  Scheme(float... levels) {
    this.levels = levels;
  }

  /** By the name used on the command line and in configs. */
  public static Optional<Scheme> of(String name) {
    return Stream.of(values()).filter(scheme -> scheme.label().equals(name)).findFirst();
  }

  /** As in {@code nf4}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** True for two codes a byte. */
  public boolean fourBit() {
    return levels.length > 0;
  }

  /** The value in [-1, 1] of each 4-bit code; empty for int8. */
  public float[] levels() {
    return levels.clone();
  }
}
