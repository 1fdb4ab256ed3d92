package org.plumbline.sft;

/** What supervised fine-tuning learns at a token. */
public enum SftLoss {
  /** Negative log-likelihood. */
  NLL,
  /** Dynamic fine-tuning (Wu et al. 2025): each token's loss times its own probability. */
  DFT
}
