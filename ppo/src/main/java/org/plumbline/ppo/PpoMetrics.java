package org.plumbline.ppo;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Figures of a rollout under the names of TRL's PPO trainer; {@code objective/kl} and {@code
 * objective/entropy} are sums over the reply, averaged over the batch.
 */
final class PpoMetrics {
  private PpoMetrics() {}

  static Map<String, Double> of(Rollout rollout, double[][] penalty, double beta) {
    int n = rollout.scores().length;
    double score = mean(rollout.scores());
    double nonScore = -beta * total(penalty) / n;
    Map<String, Double> metrics = new LinkedHashMap<>();
    metrics.put("objective/scores", score);
    metrics.put("objective/kl", sequenceKl(rollout, KlEstimator.K1));
    metrics.put("objective/kl_k3", sequenceKl(rollout, KlEstimator.K3));
    metrics.put("objective/kl_coef", beta);
    metrics.put("objective/entropy", total(rollout.entropy()) / n);
    metrics.put("objective/non_score_reward", nonScore);
    metrics.put("objective/rlhf_reward", score + nonScore);
    metrics.put("response_length", length(rollout));
    metrics.put("val/num_eos_tokens", (double) ended(rollout));
    return metrics;
  }

  static Map<String, Double> evaluation(Rollout rollout) {
    Map<String, Double> metrics = new LinkedHashMap<>();
    metrics.put("eval/scores", mean(rollout.scores()));
    metrics.put("eval/kl", sequenceKl(rollout, KlEstimator.K1));
    metrics.put("eval/response_length", length(rollout));
    metrics.put("eval/ended", (double) ended(rollout) / rollout.scores().length);
    return metrics;
  }

  /** Mean over replies of the estimates' sum, nats. */
  private static double sequenceKl(Rollout rollout, KlEstimator estimator) {
    return total(
            TokenRewards.kl(rollout.logProbs(), rollout.reference(), rollout.mask(), estimator))
        / rollout.scores().length;
  }

  private static double length(Rollout rollout) {
    double tokens = 0;
    for (double[] row : rollout.logProbs()) {
      tokens += row.length;
    }
    return tokens / rollout.scores().length;
  }

  private static int ended(Rollout rollout) {
    int count = 0;
    for (boolean ended : rollout.ended()) {
      count += ended ? 1 : 0;
    }
    return count;
  }

  private static double mean(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum / values.length;
  }

  private static double total(double[][] values) {
    double sum = 0;
    for (double[] row : values) {
      for (double value : row) {
        sum += value;
      }
    }
    return sum;
  }
}
