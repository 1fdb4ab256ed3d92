package org.plumbline.evaluation.suite;

import java.util.List;
import org.plumbline.data.Demonstration;
import org.plumbline.data.Prompt;
import org.plumbline.evaluation.Reply;

/** Port to the model under measurement: suites know texts and numbers, no tensors. */
public interface SuiteModel {
  /** True for a model with a scalar head, which has rewards but no likelihoods or replies. */
  boolean isRewardModel();

  /**
   * log p(answer | prompt), end token included; of text without a prompt every token but the first.
   *
   * @return one per row
   */
  List<Likelihood> likelihoods(List<Demonstration> rows);

  /** Rewards of answers, in reward units, one per row. */
  double[] rewards(List<Demonstration> rows);

  /**
   * Draws replies.
   *
   * @return prompts × samples replies, those of the first prompt first
   */
  List<Reply> generate(List<Prompt> prompts, SuiteOptions options);
}
