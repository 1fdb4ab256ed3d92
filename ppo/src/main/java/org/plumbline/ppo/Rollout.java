package org.plumbline.ppo;

import java.util.Arrays;
import java.util.List;
import org.plumbline.data.Prompt;
import org.plumbline.model.generation.SequenceScorer.Sequence;

/**
 * Sampled, scored replies. Rows are ragged: row b has as many positions as its reply has tokens,
 * the end token included, so there is no padding to mask.
 *
 * @param sequences prompt and reply as ids (B)
 * @param replies texts (B)
 * @param ended true where the reply ended by itself (B)
 * @param scores of the reward function after the missing-end penalty (B)
 * @param logProbs log π_old, nats (B, R)
 * @param reference log π_ref, nats (B, R)
 * @param values V_old of the state before each token (B, R)
 * @param entropy of the policy's distribution at each token, nats (B, R)
 */
@SuppressWarnings("ArrayRecordComponent")
record Rollout(
    List<Prompt> prompts,
    List<Sequence> sequences,
    List<String> replies,
    boolean[] ended,
    double[] scores,
    double[][] logProbs,
    double[][] reference,
    double[][] values,
    double[][] entropy) {
  /** All true: ragged rows hold real tokens only. */
  boolean[][] mask() {
    boolean[][] mask = new boolean[logProbs.length][];
    for (int b = 0; b < mask.length; b++) {
      mask[b] = new boolean[logProbs[b].length];
      Arrays.fill(mask[b], true);
    }
    return mask;
  }

  /** Index of each reply's last token. */
  int[] last() {
    return Arrays.stream(logProbs).mapToInt(row -> row.length - 1).toArray();
  }
}
