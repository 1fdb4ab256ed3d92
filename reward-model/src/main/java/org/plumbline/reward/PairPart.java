package org.plumbline.reward;

/** Which pairs a reward model learns from; the halves share no prompt. */
public enum PairPart {
  ALL,
  FIRST_HALF,
  SECOND_HALF
}
