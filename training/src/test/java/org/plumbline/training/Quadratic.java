package org.plumbline.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.plumbline.model.tensor.Parameter;
import org.plumbline.model.tensor.TensorCarrier;

/**
 * Weighted mean of ½ (w − x)² over rows x with weight |x|: its optimum and every step are known.
 * Notes what the loop asks for.
 */
final class Quadratic implements Objective<Double> {
  final List<List<Double>> parts = new ArrayList<>();
  final List<Double> denominators = new ArrayList<>();
  final List<Long> seeds = new ArrayList<>();
  private final TensorCarrier carrier;
  private final Parameter weight;
  private double shift;
  private boolean broken;

  Quadratic(NDManager manager, TensorCarrier carrier) {
    this.carrier = carrier;
    NDArray value = manager.create(new float[] {0}, new Shape(1, 1));
    value.setRequiresGradient(true);
    this.weight = new Parameter("w", value, () -> {});
  }

  double weight() {
    return carrier.floats(weight.value())[0];
  }

  /** Makes every evaluation worse than the one before, from now on. */
  Quadratic worsening() {
    shift = 1;
    return this;
  }

  /** Gradients are no numbers any more. */
  Quadratic broken() {
    broken = true;
    return this;
  }

  @Override
  public List<Parameter> parameters() {
    return List.of(weight);
  }

  @Override
  public double weight(Double row) {
    return Math.abs(row);
  }

  @Override
  public boolean concurrent() {
    return false;
  }

  @Override
  public int length(Double row) {
    return (int) Math.abs(row);
  }

  @Override
  public Part part(NDManager scope, List<Double> rows, double totalWeight, long seed) {
    parts.add(List.copyOf(rows));
    denominators.add(totalWeight);
    seeds.add(seed);
    double w = weight();
    double loss = 0;
    double slope = 0;
    for (double x : rows) {
      loss += Math.abs(x) * (w - x) * (w - x) / 2 / totalWeight;
      slope += Math.abs(x) * (w - x) / totalWeight;
    }
    float gradient = broken ? Float.NaN : (float) slope;
    return new Part(
        List.of(scope.create(new float[] {gradient}, new Shape(1, 1))), Map.of("loss", loss));
  }

  @Override
  public Map<String, Double> evaluate(List<Double> rows) {
    double mean = rows.stream().mapToDouble(x -> Math.pow(weight() - x, 2)).average().orElseThrow();
    if (shift > 0) {
      mean = shift++;
    }
    return Map.of("loss", mean);
  }
}
