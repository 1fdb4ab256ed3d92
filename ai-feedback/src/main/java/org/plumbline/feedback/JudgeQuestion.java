package org.plumbline.feedback;

/**
 * Two answers to one prompt, to be compared.
 *
 * @param id name of the pair in files and messages; not shown to the judge
 */
public record JudgeQuestion(String id, String prompt, String answerA, String answerB) {
  /** The same question with the answers in the other order. */
  JudgeQuestion swapped() {
    return new JudgeQuestion(id, prompt, answerB, answerA);
  }
}
