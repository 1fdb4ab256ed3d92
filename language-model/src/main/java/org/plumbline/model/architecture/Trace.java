package org.plumbline.model.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.plumbline.model.tensor.Parameter;

/** Hidden states from which gradients of a model's parameters can be had. */
public interface Trace {
  /** Hidden states at the positions wanted: compute dtype (N, H), with a graph above them. */
  NDArray rows();

  /** The experts' load-balancing loss, a float32 scalar, where it was asked for. */
  Optional<NDArray> balance();

  /**
   * d (Σ outputs · outputGrads) / d parameter, float32, in the order of the parameters. Once only.
   *
   * @param outputs made from {@link #rows} or {@link #balance}
   * @param outputGrads of the same shapes and dtypes
   */
  List<NDArray> gradients(
      NDManager scope,
      List<NDArray> outputs,
      List<NDArray> outputGrads,
      List<Parameter> parameters);

  /** Values of parameters. */
  static List<NDArray> leaves(List<Parameter> parameters) {
    return new ArrayList<>(parameters.stream().map(Parameter::value).toList());
  }
}
