package org.plumbline.model.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;
import java.util.Optional;
import org.plumbline.model.engine.KernelScript;
import org.plumbline.model.tensor.Parameter;

/** A graph of all layers at once. */
record WholeTrace(KernelScript kernels, NDArray rows, Optional<NDArray> balance) implements Trace {
  @Override
  public List<NDArray> gradients(
      NDManager scope,
      List<NDArray> outputs,
      List<NDArray> outputGrads,
      List<Parameter> parameters) {
    return List.copyOf(
        kernels.call(scope, true, "gradients", outputs, outputGrads, Trace.leaves(parameters)));
  }
}
