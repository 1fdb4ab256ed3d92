package org.plumbline.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;
import java.util.Map;

/** Stochastic gradient descent, with momentum if asked, as in torch.optim. */
final class SgdRule implements UpdateRule {
  private final RuleParts parts;
  private final StateSlots slots;
  private final List<NDArray> momentum;

  SgdRule(RuleParts parts) {
    this.parts = parts;
    this.slots = new StateSlots(parts);
    this.momentum = slots.zeros("momentum_buffer");
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
            "sgd",
            parts.values(),
            gradients,
            momentum,
            parts.decay(),
            step,
            learningRate,
            config.effectiveMomentum(),
            config.dampening(),
            config.nesterov());
  }
}
