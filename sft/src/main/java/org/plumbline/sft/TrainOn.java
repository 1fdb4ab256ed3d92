package org.plumbline.sft;

/** Which part of a conversation is learned. Tool results never are. */
public enum TrainOn {
  /** The last turn of the trained roles, with its end token. */
  LAST_ANSWER,
  /** Every turn of the trained roles, each with its end token. */
  ALL_ANSWERS,
  /**
   * Every token of the rendered row. In a row with tool results: every turn of the other roles, and
   * no mark of the template.
   */
  TEXT
}
