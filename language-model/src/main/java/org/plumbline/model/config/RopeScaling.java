package org.plumbline.model.config;

/**
 * How rotary frequencies are changed for a longer context.
 *
 * @param factor by which the context grew; 1 for NONE
 * @param lowFrequencyFactor LLAMA3 only, else 0, like the two after it
 * @param originalMaxPositions the context of pretraining
 */
public record RopeScaling(
    Kind kind,
    double factor,
    double lowFrequencyFactor,
    double highFrequencyFactor,
    int originalMaxPositions) {
  /** No scaling. */
  public static final RopeScaling NONE = new RopeScaling(Kind.NONE, 1, 0, 0, 0);

  /** The {@code rope_type} values default, linear and llama3. */
  public enum Kind {
    NONE,
    LINEAR,
    LLAMA3
  }

  static RopeScaling linear(double factor) {
    return new RopeScaling(Kind.LINEAR, factor, 0, 0, 0);
  }
}
