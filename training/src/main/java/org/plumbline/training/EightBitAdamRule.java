package org.plumbline.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import java.util.Map;
import org.plumbline.model.quantization.DynamicCode;

/**
 * AdamW whose moments are kept as 8-bit codes in blocks of 256 values (Dettmers et al. 2022), as
 * bitsandbytes' {@code AdamW8bit}: a step unpacks them, updates in float32 and packs them again.
 */
final class EightBitAdamRule implements UpdateRule {
  /** Values that share a largest magnitude. */
  static final int BLOCK = 256;

  /** Smaller parameters keep float32 moments. */
  static final int LEAST_SIZE = 4096;

  private final RuleParts parts;
  private final StateSlots slots;
  private final List<NDArray> first;
  private final List<NDArray> firstTop;
  private final List<NDArray> second;
  private final List<NDArray> secondTop;

  /** Both codes and the bounds between their levels. */
  private final List<NDArray> codes;

  private EightBitAdamRule(RuleParts parts) {
    this.parts = parts;
    this.slots = new StateSlots(parts);
    this.first = slots.add("exp_avg", bytes());
    this.firstTop = slots.add("exp_avg_absmax", tops());
    this.second = slots.add("exp_avg_sq", bytes());
    this.secondTop = slots.add("exp_avg_sq_absmax", tops());
    float[] signed = DynamicCode.signed();
    float[] unsigned = DynamicCode.unsigned();
    this.codes =
        List.of(
            parts.manager().create(signed),
            parts.manager().create(DynamicCode.bounds(signed)),
            parts.manager().create(unsigned),
            parts.manager().create(DynamicCode.bounds(unsigned)));
  }

  /** 8 bits for large parameters, AdamW for the others. */
  static UpdateRule split(RuleParts parts) {
    return new SplitRule(
        parts, parameter -> parameter.size() >= LEAST_SIZE, EightBitAdamRule::new, AdamRule::new);
  }

  private List<NDArray> bytes() {
    return parts.parameters().stream()
        .map(p -> parts.manager().zeros(p.value().getShape(), DataType.UINT8))
        .toList();
  }

  private List<NDArray> tops() {
    return parts.zeros(p -> new Shape((p.size() + BLOCK - 1) / BLOCK));
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
            "adam_8bit",
            parts.values(),
            gradients,
            first,
            firstTop,
            second,
            secondTop,
            codes,
            parts.decay(),
            step,
            learningRate,
            config.beta1(),
            config.beta2(),
            config.effectiveEpsilon());
  }
}
