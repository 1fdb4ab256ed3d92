package org.plumbline.sft.classify;

import java.util.Arrays;

/**
 * Weighted cross entropy at each pick: Σ −w_y log softmax(s)_y over Σ w_y, as PyTorch's with {@code
 * weight} and {@code reduction="mean"}.
 */
final class ClassLoss implements HeadLoss {
  private final double[] weights;

  /** With a factor for each class. */
  ClassLoss(double[] weights) {
    this.weights = weights.clone();
  }

  @Override
  public double weight(EncodedRow row) {
    return Arrays.stream(row.targets()).mapToDouble(target -> weights[target]).sum();
  }

  @Override
  public Result of(EncodedRow row, float[] scores) {
    int outputs = weights.length;
    float[] gradient = new float[scores.length];
    double loss = 0;
    double hits = 0;
    for (int pick = 0; pick < row.picks().length; pick++) {
      int target = row.targets()[pick];
      SoftMax soft = SoftMax.of(scores, pick * outputs, 1, outputs);
      loss -= weights[target] * soft.logOf(target);
      hits += soft.best() == target ? weights[target] : 0;
      soft.addGradient(gradient, target, weights[target]);
    }
    return new Result(loss, hits, gradient);
  }
}
