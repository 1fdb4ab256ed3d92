package org.plumbline.model.architecture;

/**
 * What is learned at a token.
 *
 * @param dynamic each token's loss is weighted by its own probability, taken as constant (dynamic
 *     fine-tuning, Wu et al. 2025): rare tokens no longer dominate
 * @param smoothing share of a target spread evenly over the vocabulary (Szegedy et al. 2016)
 */
public record TokenLoss(boolean dynamic, double smoothing) {
  /** Negative log-likelihood. */
  public static final TokenLoss NLL = new TokenLoss(false, 0);

  public TokenLoss {
    if (!(smoothing >= 0 && smoothing < 1)) {
      throw new IllegalArgumentException(
          "smoothing=%s must be at least 0 and below 1".formatted(smoothing));
    }
  }
}
