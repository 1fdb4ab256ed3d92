package org.plumbline.feedback;

/** Says which of two answers is better. Safe to call from several threads. */
public interface Judge {
  /**
   * Compares two answers.
   *
   * @return the verdict; {@link Outcome#NONE} when the judge answered but gave no readable verdict
   * @throws JudgeUnavailableException when no answer could be had; the pair can be asked again
   * @throws org.plumbline.stage.UserException when no pair can be judged (address, key, model)
   */
  Verdict compare(JudgeQuestion question);
}
