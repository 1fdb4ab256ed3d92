package org.plumbline.feedback;

import org.plumbline.data.Prompt;

/** Two answers that the policy drew for one prompt. */
record AnswerPair(Prompt prompt, String answerA, String answerB) {
  /** Nothing to compare: the texts differ in white space at most. */
  boolean identical() {
    return answerA.strip().equals(answerB.strip());
  }

  JudgeQuestion question() {
    return new JudgeQuestion(prompt.id(), prompt.text(), answerA, answerB);
  }
}
