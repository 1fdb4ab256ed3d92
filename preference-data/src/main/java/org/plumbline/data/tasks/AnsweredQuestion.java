package org.plumbline.data.tasks;

import java.util.List;

/**
 * A question about a context, answered by a piece of it (SQuAD, Rajpurkar et al. 2016 and 2018).
 *
 * @param answers any of them is right; none: the context does not say
 */
public record AnsweredQuestion(String id, String question, String context, List<Answer> answers) {
  public AnsweredQuestion {
    answers = List.copyOf(answers);
  }

  /**
   * A right answer.
   *
   * @param start its first code point in the context
   */
  public record Answer(String text, int start) {
    /** One past its last code point. */
    public int end() {
      return start + text.codePointCount(0, text.length());
    }
  }
}
