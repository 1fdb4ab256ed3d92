package org.plumbline.sft.classify;

/**
 * A distribution over evenly spaced scores of a larger array.
 *
 * @param offset place of the first score
 * @param stride from one score to the next
 * @param logs log-probabilities, nats
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier of numbers, never compared
record SoftMax(int offset, int stride, double[] logs) {
  /** Over {@code count} scores, at least one. */
  static SoftMax of(float[] scores, int offset, int stride, int count) {
    double most = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < count; i++) {
      most = Math.max(most, scores[offset + i * stride]);
    }
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum += Math.exp(scores[offset + i * stride] - most);
    }
    double[] logs = new double[count];
    for (int i = 0; i < count; i++) {
      logs[i] = scores[offset + i * stride] - most - Math.log(sum);
    }
    return new SoftMax(offset, stride, logs);
  }

  /** log p of one choice. */
  double logOf(int choice) {
    return logs[choice];
  }

  /** The most probable choice; of equals the first. */
  int best() {
    int best = 0;
    for (int i = 1; i < logs.length; i++) {
      best = logs[i] > logs[best] ? i : best;
    }
    return best;
  }

  /** Adds weight · d(−log p of the target) / d scores at the scores' own places. */
  void addGradient(float[] gradient, int target, double weight) {
    for (int i = 0; i < logs.length; i++) {
      double slope = Math.exp(logs[i]) - (i == target ? 1 : 0);
      gradient[offset + i * stride] += (float) (weight * slope);
    }
  }
}
