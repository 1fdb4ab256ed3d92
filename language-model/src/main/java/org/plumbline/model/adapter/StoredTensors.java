package org.plumbline.model.adapter;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.plumbline.model.ModelFormatException;
import org.plumbline.model.config.TensorLayout;
import org.plumbline.model.config.TensorRef;
import org.plumbline.model.config.TransformerConfig;
import org.plumbline.model.safetensors.WeightFolder;
import org.plumbline.model.tensor.Parameter;

/** Tensors of an adapter's folder, with account of those that were asked for. */
final class StoredTensors implements AdapterTensors {
  private final NDManager owner;
  private final TransformerConfig base;
  private final TensorLayout layout;
  private final WeightFolder weights;
  private final Runnable changed;
  private final Set<String> used = new HashSet<>();

  StoredTensors(
      NDManager owner,
      TransformerConfig base,
      TensorLayout layout,
      WeightFolder weights,
      Runnable changed) {
    this.owner = owner;
    this.base = base;
    this.layout = layout;
    this.weights = weights;
    this.changed = changed;
  }

  @Override
  public TransformerConfig base() {
    return base;
  }

  @Override
  public TensorLayout layout() {
    return layout;
  }

  @Override
  public Optional<long[]> stored(String name) {
    return weights.contains(name)
        ? Optional.of(weights.tensor(name).spec().shape())
        : Optional.empty();
  }

  @Override
  public boolean fromFolder() {
    return true;
  }

  @Override
  public Parameter parameter(String name, Start start, long... shape) {
    Path file = weights.folder().resolve(PeftFolder.STEM + ".safetensors");
    long[] found =
        stored(name)
            .orElseThrow(
                () ->
                    new ModelFormatException(
                        "%s holds no %s, which adapter_config.json asks for"
                            .formatted(file, name)));
    if (!Arrays.equals(found, shape)) {
      throw new ModelFormatException(
          "%s: %s is %s, but the base model needs %s. Is this another model's adapter?"
              .formatted(file, name, Arrays.toString(found), Arrays.toString(shape)));
    }
    NDArray value = AdapterTensors.held(owner, weights.readFloats(name), new Shape(shape));
    value.setRequiresGradient(true);
    used.add(name);
    return new Parameter(name, value, changed);
  }

  /** Marks a tensor that is taken care of elsewhere. */
  void use(String name) {
    used.add(name);
  }

  Set<String> used() {
    return used;
  }

  @Override
  public float[] baseValues(TensorRef ref) {
    throw new IllegalStateException("a stored adapter starts from no values of its base");
  }
}
