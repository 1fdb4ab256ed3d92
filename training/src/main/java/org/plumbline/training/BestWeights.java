package org.plumbline.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.plumbline.model.tensor.Parameter;
import org.plumbline.model.tensor.TensorCarrier;

/** A copy of the trained tensors as they were at the best evaluation. */
public final class BestWeights {
  private final List<Parameter> parameters;
  private final TensorCarrier carrier;
  private final NDManager owner;
  private final List<NDArray> copies = new ArrayList<>();

  /** No copy yet. */
  public BestWeights(NDManager owner, List<Parameter> parameters, TensorCarrier carrier) {
    this.owner = owner;
    this.parameters = parameters;
    this.carrier = carrier;
  }

  /** Copies the tensors as they are now. */
  public void take() {
    allocate();
    for (int i = 0; i < copies.size(); i++) {
      carrier.copy(copies.get(i), parameters.get(i).value());
    }
  }

  /** Makes room for copies, for {@link #tensors} to be read into. */
  public void allocate() {
    if (copies.isEmpty()) {
      parameters.forEach(p -> copies.add(owner.zeros(p.value().getShape())));
    }
  }

  /** True once there is a copy. */
  public boolean present() {
    return !copies.isEmpty();
  }

  /** Writes the copy back into the parameters. */
  public void restore() {
    for (int i = 0; i < copies.size(); i++) {
      carrier.copy(parameters.get(i).value(), copies.get(i));
      parameters.get(i).changed().run();
    }
  }

  /** Copies by {@code best/parameter}, for a checkpoint. */
  public Map<String, NDArray> tensors() {
    Map<String, NDArray> all = new LinkedHashMap<>();
    for (int i = 0; i < copies.size(); i++) {
      all.put("best/" + parameters.get(i).name(), copies.get(i));
    }
    return all;
  }
}
