package org.plumbline.model.config;

/**
 * The normalisations of a layer and at the end.
 *
 * @param epsilon added under the square root
 * @param aroundOne stored weights are differences from one (Gemma)
 */
public record Normalization(Kind kind, double epsilon, Placement placement, boolean aroundOne) {
  /** Root mean square without centring or bias, or LayerNorm with both. */
  public enum Kind {
    RMS,
    LAYER
  }

  /** Where a layer normalises. */
  public enum Placement {
    /** What goes into attention and MLP. */
    BEFORE,
    /** What goes in and what comes out, before it is added (Gemma 2 and 3). */
    AROUND,
    /** The sums after attention and MLP (BERT). */
    AFTER
  }

  /** What goes into attention and MLP. */
  static Normalization before(Kind kind, double epsilon) {
    return new Normalization(kind, epsilon, Placement.BEFORE, false);
  }
}
