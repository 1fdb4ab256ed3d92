package org.plumbline.feedback;

import java.util.List;
import org.plumbline.data.Prompt;

/** Port to the model whose answers are compared. */
public interface AnswerSampler extends AutoCloseable {
  /**
   * Draws answers.
   *
   * @param seed all the randomness there is: equal arguments give equal answers
   * @return prompts × answersPerPrompt texts, those of the first prompt first
   */
  List<String> sample(List<Prompt> prompts, int answersPerPrompt, long seed);

  @Override
  void close();
}
