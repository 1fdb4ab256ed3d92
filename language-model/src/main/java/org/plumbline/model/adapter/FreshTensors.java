package org.plumbline.model.adapter;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Optional;
import java.util.function.Function;
import org.plumbline.model.config.TensorLayout;
import org.plumbline.model.config.TensorRef;
import org.plumbline.model.config.TransformerConfig;
import org.plumbline.model.tensor.Parameter;

/**
 * Tensors of an adapter that begins.
 *
 * @param owner owns them
 * @param values the base's tensors as they are stored
 * @param seed of random starts
 * @param changed run after a tensor was written
 */
record FreshTensors(
    NDManager owner,
    TransformerConfig base,
    TensorLayout layout,
    Function<TensorRef, float[]> values,
    long seed,
    Runnable changed)
    implements AdapterTensors {
  @Override
  public Optional<long[]> stored(String name) {
    return Optional.empty();
  }

  @Override
  public boolean fromFolder() {
    return false;
  }

  @Override
  public Parameter parameter(String name, Start start, long... shape) {
    Shape extents = new Shape(shape);
    NDArray value = start == Start.ZEROS ? owner.zeros(extents) : filled(start, extents);
    value.setRequiresGradient(true);
    return new Parameter(name, value, changed);
  }

  private NDArray filled(Start start, Shape extents) {
    float[] values = new float[Math.toIntExact(extents.size())];
    start.fill(values, seed);
    return AdapterTensors.held(owner, values, extents);
  }

  @Override
  public float[] baseValues(TensorRef ref) {
    return values.apply(ref);
  }
}
