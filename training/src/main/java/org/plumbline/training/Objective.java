package org.plumbline.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;
import java.util.Map;
import org.plumbline.model.tensor.Parameter;

/**
 * What a trainer minimises, over rows of type T. The loop asks for sums, never means, so that
 * accumulation is exact whatever the sizes of the parts.
 */
public interface Objective<T> {
  /** Trained tensors, in a fixed order. */
  List<Parameter> parameters();

  /** What a row adds to the denominator of its step: loss tokens, or 1 for a pair. */
  double weight(T row);

  /** Tokens of a row, so that rows of like length are computed together. */
  int length(T row);

  /** Whether parts may be computed side by side; not if they draw from the engine's generator. */
  boolean concurrent();

  /**
   * Divides the rows of a step into parts that are computed at once: rows of like length together.
   *
   * @param rowsAtOnce most rows of a part
   */
  default List<List<T>> parts(List<T> rows, int rowsAtOnce) {
    return RowOrder.parts(rows, rowsAtOnce, this);
  }

  /**
   * Loss and gradients of part of a step. Concurrent parts share nothing that is written.
   *
   * @param scope owns the gradients
   * @param totalWeight denominator: the weight of all rows of the step
   * @param seed for dropout in this part
   */
  Part part(NDManager scope, List<T> rows, double totalWeight, long seed);

  /**
   * Means over the rows without gradients or dropout; the key {@code loss} decides which evaluation
   * is best.
   */
  Map<String, Double> evaluate(List<T> rows);

  /**
   * A part's share of its step.
   *
   * @param gradients float32, in the order of the parameters
   * @param metrics shares that add up to the step's values, {@code loss} among them
   */
  record Part(List<NDArray> gradients, Map<String, Double> metrics) {}
}
