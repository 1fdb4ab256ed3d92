package org.plumbline.evaluation;

import java.util.List;
import org.plumbline.data.Prompt;

/** A reward model; closed by the one who opened it. */
public interface ReplyScorer extends AutoCloseable {
  /**
   * Rewards.
   *
   * @param prompts one per reply
   * @return reward units, one per reply
   */
  double[] score(List<Prompt> prompts, List<String> replies);

  @Override
  void close();
}
