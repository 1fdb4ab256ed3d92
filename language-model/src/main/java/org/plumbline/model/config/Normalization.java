package org.plumbline.model.config;

/**
 * The normalisation before attention, before the MLP and at the end.
 *
 * @param epsilon added under the square root
 */
public record Normalization(Kind kind, double epsilon) {
  /** Root mean square without centring or bias, or LayerNorm with both. */
  public enum Kind {
    RMS,
    LAYER
  }
}
