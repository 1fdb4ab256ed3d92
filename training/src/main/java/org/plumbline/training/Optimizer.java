package org.plumbline.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;
import java.util.Map;
import org.plumbline.model.engine.KernelScript;
import org.plumbline.model.tensor.Parameter;

/** Applies one update rule to parameters; holds the rule's state. */
public final class Optimizer implements AutoCloseable {
  private static final String SCRIPT = "/org/plumbline/training/kernels/optimizers.py";

  private final List<Parameter> parameters;
  private final NDManager manager;
  private final UpdateRule rule;
  private long steps;

  /**
   * Makes an optimizer with fresh state.
   *
   * @param parent its tensors live beside it and go with it or with {@link #close}
   * @param parameters in a fixed order, at least one
   */
  public Optimizer(OptimizerConfig config, NDManager parent, List<Parameter> parameters) {
    if (parameters.isEmpty()) {
      throw new IllegalArgumentException("an optimizer needs at least one parameter");
    }
    this.parameters = List.copyOf(parameters);
    this.manager = parent.newSubManager();
    KernelScript kernels = KernelScript.load(manager, SCRIPT, Map.of());
    this.rule = UpdateRule.of(new RuleParts(config, manager, kernels, this.parameters));
  }

  /**
   * One update.
   *
   * @param gradients float32, in the order of the parameters; left as they are
   * @param learningRate of this step
   */
  public void step(List<NDArray> gradients, double learningRate) {
    steps++;
    try (NDManager scope = manager.newSubManager()) {
      rule.step(scope, gradients, learningRate, steps);
    }
    parameters.forEach(parameter -> parameter.changed().run());
  }

  /** Updates made so far. */
  public long steps() {
    return steps;
  }

  /**
   * State tensors by {@code slot/parameter}, for a checkpoint; they stay the optimizer's. float32,
   * or uint8 where moments are kept as codes.
   */
  public Map<String, NDArray> state() {
    return rule.state();
  }

  /** Sets the step count after the tensors of {@link #state} were written from a checkpoint. */
  public void resumeAt(long steps) {
    this.steps = steps;
  }

  @Override
  public void close() {
    manager.close();
  }
}
