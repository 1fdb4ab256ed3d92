package org.plumbline.reward;

import java.util.List;
import org.plumbline.data.Prompt;

/** Anything that scores replies: a reward model, a rule, a judge. Scores are higher for better. */
public interface RewardFunction {
  /**
   * Scores replies in order.
   *
   * @param prompts one per reply
   * @param replies texts without end token; may be empty
   * @return one finite score per reply, in the function's own unit
   */
  double[] score(List<Prompt> prompts, List<String> replies);
}
