package org.plumbline.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import org.plumbline.model.engine.KernelScript;
import org.plumbline.model.tensor.Parameter;

/**
 * What an update rule is made of.
 *
 * @param manager owns the state
 * @param parameters that the rule updates, in a fixed order
 */
record RuleParts(
    OptimizerConfig config, NDManager manager, KernelScript kernels, List<Parameter> parameters) {
  /** The same for some of the parameters. */
  RuleParts only(Predicate<Parameter> wanted) {
    return new RuleParts(config, manager, kernels, parameters.stream().filter(wanted).toList());
  }

  /** The parameters' tensors. */
  List<NDArray> values() {
    return parameters.stream().map(Parameter::value).toList();
  }

  /** Weight decay of each parameter: none of vectors, unless asked for. */
  double[] decay() {
    return parameters.stream()
        .mapToDouble(p -> p.isMatrix() || config.decayVectors() ? config.weightDecay() : 0)
        .toArray();
  }

  /** float32 zeros in the shape of each parameter. */
  List<NDArray> zeros() {
    return zeros(parameter -> parameter.value().getShape());
  }

  /** float32 zeros, one tensor per parameter. */
  List<NDArray> zeros(Function<Parameter, Shape> shape) {
    return parameters.stream().map(p -> manager.zeros(shape.apply(p))).toList();
  }
}
