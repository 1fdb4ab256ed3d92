package org.plumbline.model.tensor;

import ai.djl.ndarray.NDArray;

/**
 * A trained tensor: a float32 leaf that gradients are taken for.
 *
 * @param name the name it is saved under
 * @param value float32, requires gradients, owned by the model
 * @param changed to be run after the value was written, so that what is derived from it is rebuilt
 */
public record Parameter(String name, NDArray value, Runnable changed) {
  /** Number of values. */
  public long size() {
    return value.getShape().size();
  }

  /** Biases and norm weights, which weight decay leaves alone, have one axis. */
  public boolean isMatrix() {
    return value.getShape().dimension() > 1;
  }
}
