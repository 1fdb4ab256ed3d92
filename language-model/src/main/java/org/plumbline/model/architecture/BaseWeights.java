package org.plumbline.model.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.plumbline.model.config.Role;
import org.plumbline.model.config.TensorLayout;
import org.plumbline.model.config.TensorRef;
import org.plumbline.model.config.TransformerConfig;
import org.plumbline.model.engine.KernelScript;
import org.plumbline.model.safetensors.DType;
import org.plumbline.model.tensor.Parameter;
import org.plumbline.model.tensor.TensorCarrier;

/**
 * Weights of a base model. Frozen: one tensor per site in the compute dtype, read tensor by tensor.
 * Trained: float32 masters under their saved names, joined to sites inside the gradient graph.
 */
final class BaseWeights {
  /** Arrays per layer in the kernels' list; adapters fill what is left empty here. */
  static final int SLOTS = 20;

  private final NDManager manager;
  private final KernelScript kernels;
  private final TensorCarrier carrier;
  private final TensorLayout layout;
  private final DType compute;
  private final boolean trained;
  private final NDArray empty;
  private final Map<TensorRef, Parameter> masters = new LinkedHashMap<>();
  private final Map<TensorRef, NDArray> single = new LinkedHashMap<>();
  private final List<NDArray[]> layers = new ArrayList<>();

  BaseWeights(
      NDManager manager,
      KernelScript kernels,
      TensorCarrier carrier,
      TransformerConfig config,
      LoadOptions options,
      TensorSource source,
      Runnable changed) {
    this.manager = manager;
    this.kernels = kernels;
    this.carrier = carrier;
    this.layout = TensorLayout.of(config);
    this.compute = options.compute();
    this.trained = options.trained();
    this.empty = manager.create(new Shape(0));
    if (trained) {
      for (TensorRef ref : layout.all()) {
        NDArray value = source.read(manager, ref, DType.F32);
        value.setRequiresGradient(true);
        masters.put(ref, new Parameter(ref.name(), value, changed));
      }
    } else {
      for (TensorRef ref : layout.all()) {
        if (ref.layer() < 0) {
          single.put(
              ref, source.read(manager, ref, ref.role() == Role.SCORE ? DType.F32 : compute));
        }
      }
      for (int layer = 0; layer < config.layers(); layer++) {
        layers.add(join(layer, manager, false, source));
      }
    }
  }

  /** Trained tensors in the order of the layout, none if the base is frozen. */
  List<Parameter> parameters() {
    return List.copyOf(masters.values());
  }

  TensorLayout layout() {
    return layout;
  }

  NDArray empty() {
    return empty;
  }

  /**
   * A layer's 20 arrays with the adapter slots empty.
   *
   * @param scope owns what has to be made; frozen arrays stay the model's
   */
  NDArray[] layer(int layer, NDManager scope, boolean graph) {
    return trained ? join(layer, scope, graph, null) : layers.get(layer).clone();
  }

  /**
   * A tensor outside the layers as it is multiplied: the master, or the frozen copy; empty if
   * absent.
   */
  NDArray outside(Role role, boolean bias) {
    return layout.find(role, -1, bias).map(this::stored).orElse(empty);
  }

  /** The output head: its own matrix, or the token embeddings if tied. */
  NDArray head() {
    return layout
        .find(Role.LM_HEAD, -1, false)
        .map(this::stored)
        .orElseGet(() -> outside(Role.TOKEN_EMBEDDING, false));
  }

  /** The parameter behind {@link #head()}, if trained. */
  Parameter headParameter() {
    TensorRef ref =
        layout
            .find(Role.LM_HEAD, -1, false)
            .orElseGet(() -> layout.get(Role.TOKEN_EMBEDDING, -1, false));
    Parameter parameter = masters.get(ref);
    if (parameter == null) {
      throw new IllegalStateException("the base model is frozen");
    }
    return parameter;
  }

  boolean trained() {
    return trained;
  }

  /** One tensor in its stored shape, for saving; a row slice of its site if frozen. */
  NDArray export(TensorRef ref, NDManager scope) {
    if (trained) {
      return master(ref).value();
    }
    if (ref.layer() < 0) {
      return Objects.requireNonNull(single.get(ref));
    }
    for (Site site : Site.values()) {
      long row = 0;
      for (TensorRef part : site.parts(layout, ref.layer(), ref.bias())) {
        long rows = part.transposed() ? part.shape().get(1) : part.shape().get(0);
        if (part.equals(ref)) {
          NDArray joined = layers.get(ref.layer())[site.slot() + (ref.bias() ? 1 : 0)];
          NDArray slice =
              kernels.one(scope, false, "row_slice", joined, row, row + rows, part.transposed());
          return slice;
        }
        row += rows;
      }
    }
    int slot = ref.role() == Role.ATTENTION_NORM ? 0 : 10;
    return layers.get(ref.layer())[slot + (ref.bias() ? 1 : 0)];
  }

  private Parameter master(TensorRef ref) {
    return Objects.requireNonNull(masters.get(ref), ref.name());
  }

  private NDArray stored(TensorRef ref) {
    return trained ? master(ref).value() : Objects.requireNonNull(single.get(ref));
  }

  private NDArray[] join(int layer, NDManager scope, boolean graph, @Nullable TensorSource source) {
    NDArray[] arrays = new NDArray[SLOTS];
    Arrays.fill(arrays, empty);
    norm(arrays, 0, Role.ATTENTION_NORM, layer, scope, graph, source);
    norm(arrays, 10, Role.MLP_NORM, layer, scope, graph, source);
    for (Site site : Site.values()) {
      arrays[site.slot()] = fuse(site.parts(layout, layer, false), scope, graph, source);
      arrays[site.slot() + 1] = fuse(site.parts(layout, layer, true), scope, graph, source);
    }
    return arrays;
  }

  private void norm(
      NDArray[] arrays,
      int slot,
      Role role,
      int layer,
      NDManager scope,
      boolean graph,
      @Nullable TensorSource source) {
    for (boolean bias : new boolean[] {false, true}) {
      List<TensorRef> refs = layout.find(role, layer, bias).map(List::of).orElse(List.of());
      arrays[slot + (bias ? 1 : 0)] = fuse(refs, scope, graph, source);
    }
  }

  private NDArray fuse(
      List<TensorRef> refs, NDManager scope, boolean graph, @Nullable TensorSource source) {
    if (refs.isEmpty()) {
      return empty;
    }
    boolean transposed = refs.get(0).transposed();
    try (NDManager temporary = manager.newSubManager()) {
      List<NDArray> parts = new ArrayList<>();
      for (TensorRef ref : refs) {
        parts.add(source == null ? master(ref).value() : source.read(temporary, ref, compute));
      }
      return kernels.one(scope, graph, "fuse", parts, transposed);
    }
  }

  TensorCarrier carrier() {
    return carrier;
  }
}
