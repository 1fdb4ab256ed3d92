package org.plumbline.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;
import java.util.Map;

/** Adam (Kingma and Ba 2015) and AdamW (Loshchilov and Hutter 2019), as in torch.optim. */
final class AdamRule implements UpdateRule {
  private final RuleParts parts;
  private final StateSlots slots;
  private final List<NDArray> first;
  private final List<NDArray> second;
  private final List<NDArray> largest;

  AdamRule(RuleParts parts) {
    this.parts = parts;
    this.slots = new StateSlots(parts);
    this.first = slots.zeros("exp_avg");
    this.second = slots.zeros("exp_avg_sq");
    this.largest = slots.zerosIf(parts.config().amsgrad(), "max_exp_avg_sq");
  }

  @Override
  public Map<String, NDArray> state() {
    return slots.state();
  }

  @Override
  public void step(NDManager scope, List<NDArray> gradients, double learningRate, long step) {
    if (gradients.isEmpty()) {
      return;
    }
    OptimizerConfig config = parts.config();
    parts
        .kernels()
        .one(
            scope,
            false,
            "adam",
            parts.values(),
            gradients,
            first,
            second,
            largest,
            parts.decay(),
            step,
            learningRate,
            config.beta1(),
            config.beta2(),
            config.effectiveEpsilon(),
            config.kind() != OptimizerKind.ADAM);
  }
}
