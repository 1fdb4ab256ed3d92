package org.plumbline.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;
import java.util.Map;

/** Adagrad (Duchi et al. 2011), as in torch.optim. */
final class AdagradRule implements UpdateRule {
  private final RuleParts parts;
  private final StateSlots slots;
  private final List<NDArray> sum;

  AdagradRule(RuleParts parts) {
    this.parts = parts;
    this.slots = new StateSlots(parts);
    this.sum = slots.zeros("sum");
  }

  @Override
  public Map<String, NDArray> state() {
    return slots.state();
  }

  @Override
  public void step(NDManager scope, List<NDArray> gradients, double learningRate, long step) {
    OptimizerConfig config = parts.config();
    parts
        .kernels()
        .one(
            scope,
            false,
            "adagrad",
            parts.values(),
            gradients,
            sum,
            parts.decay(),
            learningRate,
            config.effectiveEpsilon());
  }
}
