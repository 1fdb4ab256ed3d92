package org.plumbline.sft.classify;

/** The loss of a row given what the head scored. P = picked positions, L = outputs. */
interface HeadLoss {
  /** What the row adds to the denominator of its step. */
  double weight(EncodedRow row);

  /**
   * The row's share, undivided.
   *
   * @param scores (P, L), row-major
   */
  Result of(EncodedRow row, float[] scores);

  /**
   * A row's share.
   *
   * @param loss nats, times weights
   * @param hits right first choices, times weights
   * @param gradient d loss / d scores (P, L)
   */
  @SuppressWarnings("ArrayRecordComponent") // a carrier of numbers, never compared
  record Result(double loss, double hits, float[] gradient) {}
}
