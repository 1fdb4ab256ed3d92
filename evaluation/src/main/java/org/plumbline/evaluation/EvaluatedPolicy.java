package org.plumbline.evaluation;

import java.util.List;
import org.plumbline.data.Prompt;

/** A language model under measurement; closed by the one who opened it. */
public interface EvaluatedPolicy extends AutoCloseable {
  /**
   * Draws replies at the config's temperature and bound.
   *
   * @param seed all the randomness there is; the same for every model
   * @return prompts × samples replies, those of the first prompt first
   */
  List<Reply> generate(List<Prompt> prompts, int samples, long seed);

  /**
   * log π(reply | prompt) at temperature 1: the sum over the reply's tokens, end token included.
   *
   * @param prompts one per reply
   * @return nats, one per reply
   */
  double[] logProbabilities(List<Prompt> prompts, List<Reply> replies);

  @Override
  void close();
}
