package org.plumbline.model.config;

/**
 * Beam search as transformers does it.
 *
 * @param beams replies kept at each step; 1 without beam search
 * @param lengthPenalty a finished reply's score is its log-probability over its length to this
 *     power
 * @param earlyStopping true ends the search when so many replies are finished; false goes on while
 *     the best running one might, at its present length, still beat the worst finished
 */
public record BeamConfig(int beams, double lengthPenalty, boolean earlyStopping) {
  /** One reply at a time: no beam search. */
  public static final BeamConfig NONE = new BeamConfig(1, 1, false);

  public BeamConfig {
    if (beams < 1) {
      throw new IllegalArgumentException("num_beams=%d must be at least 1".formatted(beams));
    }
    if (!Double.isFinite(lengthPenalty)) {
      throw new IllegalArgumentException(
          "length_penalty=%s must be a finite number".formatted(lengthPenalty));
    }
  }

  /** Transformers' own length penalty of 1. */
  public static BeamConfig of(int beams) {
    return new BeamConfig(beams, 1, false);
  }

  /** True if there is a beam search to make. */
  public boolean searches() {
    return beams > 1;
  }
}
