package org.plumbline.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;
import java.util.Map;

/** RMSprop (Tieleman and Hinton 2012), as in torch.optim. */
final class RmsPropRule implements UpdateRule {
  private final RuleParts parts;
  private final StateSlots slots;
  private final List<NDArray> square;
  private final List<NDArray> momentum;
  private final List<NDArray> mean;

  RmsPropRule(RuleParts parts) {
    this.parts = parts;
    this.slots = new StateSlots(parts);
    this.square = slots.zeros("square_avg");
    this.momentum = slots.zeros("momentum_buffer");
    this.mean = slots.zerosIf(parts.config().centered(), "grad_avg");
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
            "rmsprop",
            parts.values(),
            gradients,
            square,
            mean,
            momentum,
            parts.decay(),
            learningRate,
            config.smoothing(),
            config.effectiveEpsilon(),
            config.effectiveMomentum());
  }
}
