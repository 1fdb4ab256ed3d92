package org.plumbline.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;
import java.util.Map;

/** One update rule over some parameters, with its state. */
interface UpdateRule {
  /** State tensors by {@code slot/parameter}; they stay the rule's. */
  Map<String, NDArray> state();

  /**
   * One update in place.
   *
   * @param gradients float32, in the order of the parameters; left as they are
   * @param step counted from 1
   */
  void step(NDManager scope, List<NDArray> gradients, double learningRate, long step);

  /** The rule that a config names. */
  static UpdateRule of(RuleParts parts) {
    return switch (parts.config().kind()) {
      case ADAMW, ADAM -> new AdamRule(parts);
      case ADAMW_8BIT -> EightBitAdamRule.split(parts);
      case SGD -> new SgdRule(parts);
      case RMSPROP -> new RmsPropRule(parts);
      case ADAGRAD -> new AdagradRule(parts);
      case ADAFACTOR -> new AdafactorRule(parts);
      case MUON -> MuonRule.split(parts);
    };
  }
}
