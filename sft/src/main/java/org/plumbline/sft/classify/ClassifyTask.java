package org.plumbline.sft.classify;

import org.plumbline.model.config.Head;

/** What is predicted. */
public enum ClassifyTask {
  /** One class of a text, or of a pair of texts. */
  SEQUENCE(Head.SEQUENCE_CLASSIFICATION),
  /** One tag of each word, in IOB2. */
  TOKEN(Head.TOKEN_CLASSIFICATION),
  /** The piece of a context that answers a question. */
  QUESTION_ANSWERING(Head.QUESTION_ANSWERING);

  private final Head head;

  ClassifyTask(Head head) {
    this.head = head;
  }

  /** The head that a model of this task has. */
  Head head() {
    return head;
  }
}
