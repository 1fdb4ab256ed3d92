package org.plumbline.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.plumbline.model.tensor.Parameter;

/** Adafactor (Shazeer and Stern 2018) at a given rate, as in transformers. */
final class AdafactorRule implements UpdateRule {
  /**
   * Exponent of the step in the second moment's decay, and bound on the update's root mean square.
   */
  private static final double DECAY_RATE = -0.8;

  private static final double UPDATE_CLIP = 1.0;

  private final RuleParts parts;
  private final StateSlots slots;
  private final List<NDArray> row;
  private final List<NDArray> column;

  AdafactorRule(RuleParts parts) {
    this.parts = parts;
    this.slots = new StateSlots(parts);
    this.row = slots.add("exp_avg_sq_row", parts.zeros(p -> shape(p, false)));
    this.column = slots.add("exp_avg_sq_col", parts.zeros(p -> shape(p, true)));
  }

  /** Matrices keep the means of their rows and of their columns; vectors keep all. */
  private static Shape shape(Parameter parameter, boolean column) {
    Shape whole = parameter.value().getShape();
    int axes = whole.dimension();
    if (axes < 2) {
      return whole;
    }
    long[] full = whole.getShape();
    long[] kept = Arrays.copyOf(full, axes - 1);
    if (column) {
      kept[axes - 2] = full[axes - 1];
    }
    return new Shape(kept);
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
            "adafactor",
            parts.values(),
            gradients,
            row,
            column,
            parts.decay(),
            step,
            learningRate,
            DECAY_RATE,
            config.effectiveEpsilon(),
            UPDATE_CLIP);
  }
}
