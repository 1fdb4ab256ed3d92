package org.plumbline.sft.classify;

/**
 * Where an answer starts and ends: the mean of two cross entropies over the positions of a window
 * (Devlin et al. 2019, section 4.2).
 */
final class SpanLoss implements HeadLoss {
  @Override
  public double weight(EncodedRow row) {
    return 1;
  }

  @Override
  public Result of(EncodedRow row, float[] scores) {
    float[] gradient = new float[scores.length];
    double loss = 0;
    boolean hit = true;
    for (int side = 0; side < 2; side++) {
      SoftMax soft = SoftMax.of(scores, side, 2, row.picks().length);
      int target = row.targets()[side];
      loss -= soft.logOf(target) / 2;
      hit &= soft.best() == target;
      soft.addGradient(gradient, target, 0.5);
    }
    return new Result(loss, hit ? 1 : 0, gradient);
  }
}
