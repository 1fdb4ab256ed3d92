package org.plumbline.model.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.plumbline.model.engine.KernelScript;
import org.plumbline.model.tensor.Parameter;
import org.plumbline.model.tensor.TensorCarrier;

/** Gradients of some parameters, summed over the pieces of a network. */
final class GradientSums {
  private final KernelScript kernels;
  private final TensorCarrier carrier;
  private final NDManager scope;
  private final List<Parameter> parameters;
  private final List<NDArray> sums;

  /**
   * Begins at 0.
   *
   * @param scope owns the sums
   */
  GradientSums(
      KernelScript kernels, TensorCarrier carrier, NDManager scope, List<Parameter> parameters) {
    this.kernels = kernels;
    this.carrier = carrier;
    this.scope = scope;
    this.parameters = parameters;
    this.sums = carrier.zerosLike(scope, Trace.leaves(parameters));
  }

  /** Whether the gradient of any of these is asked for. */
  boolean wants(List<Parameter> some) {
    return chosen(some).length > 0;
  }

  /**
   * Adds d (Σ outputs · outputGrads) / d parameter for those of {@code some} that are asked for.
   *
   * @return the same for the leaves, in the compute dtype, owned by the scope
   */
  List<NDArray> take(
      List<NDArray> outputs,
      List<NDArray> outputGrads,
      List<NDArray> leaves,
      List<Parameter> some) {
    int[] at = chosen(some);
    List<NDArray> asked = new ArrayList<>(leaves);
    IntStream.of(at).forEach(i -> asked.add(parameters.get(i).value()));
    try (NDManager inner = scope.newSubManager()) {
      NDList found = kernels.call(inner, true, "gradients", outputs, outputGrads, asked);
      List<NDArray> into = IntStream.of(at).mapToObj(sums::get).toList();
      carrier.add(into, found.subList(leaves.size(), found.size()));
      return IntStream.range(0, leaves.size())
          .mapToObj(i -> kernels.one(scope, false, "cast", found.get(i)))
          .toList();
    }
  }

  /** By identity: adapters of one shape have tensors of one name. */
  private int[] chosen(List<Parameter> some) {
    return IntStream.range(0, parameters.size())
        .filter(i -> some.stream().anyMatch(p -> p.value() == parameters.get(i).value()))
        .toArray();
  }

  List<NDArray> all() {
    return sums;
  }
}
