package org.plumbline.model.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.plumbline.model.ModelFormatException;
import org.plumbline.model.adapter.Adapter;
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
  private final NDManager manager;
  private final KernelScript kernels;
  private final TensorCarrier carrier;
  private final TensorLayout layout;
  private final int slots;
  private final DType compute;
  private final boolean trained;
  private final NDArray empty;
  private final Map<TensorRef, Parameter> masters = new LinkedHashMap<>();
  private final Set<TensorRef> frozen = new HashSet<>();
  private final Map<TensorRef, NDArray> single = new LinkedHashMap<>();
  private final List<NDArray[]> layers = new ArrayList<>();
  private final Optional<PackedSites> packed;

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
    this.slots = Slots.of(config);
    this.compute = options.compute();
    this.trained = options.trained();
    this.empty = manager.create(new Shape(0));
    if (trained && config.quantized()) {
      throw new ModelFormatException(
          "the model's weights are packed (quantization_config in config.json), and full fine-tuning trains floats; use an adapter such as method: qlora, or the folder that was quantised");
    }
    this.packed =
        options.fourBit() || config.quantized()
            ? Optional.of(new PackedSites(manager, config))
            : Optional.empty();
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

  /** Trained tensors of a layer, or with −1 those outside the layers; none if frozen. */
  List<Parameter> parameters(int layer) {
    return masters.entrySet().stream()
        .filter(entry -> entry.getKey().layer() == layer)
        .map(Map.Entry::getValue)
        .toList();
  }

  /** Trained tensors that embeddings are made of. */
  List<Parameter> embeddingParameters() {
    return masters.entrySet().stream()
        .filter(entry -> isEmbedding(entry.getKey()))
        .map(Map.Entry::getValue)
        .toList();
  }

  private static boolean isEmbedding(TensorRef ref) {
    return switch (ref.role()) {
      case TOKEN_EMBEDDING, POSITION_EMBEDDING, TYPE_EMBEDDING, EMBEDDING_NORM -> true;
      default -> false;
    };
  }

  /** As {@link TransformerModel#freeze}. */
  void freeze(int first, boolean embeddings) {
    masters.keySet().stream()
        .filter(ref -> ref.layer() >= 0 ? ref.layer() < first : embeddings && isEmbedding(ref))
        .forEach(frozen::add);
  }

  /** Trained tensors in the order of the layout, none if the base is frozen. */
  List<Parameter> parameters() {
    return masters.entrySet().stream()
        .filter(entry -> !frozen.contains(entry.getKey()))
        .map(Map.Entry::getValue)
        .toList();
  }

  TensorLayout layout() {
    return layout;
  }

  NDArray empty() {
    return empty;
  }

  /** Whether linear layers are packed. */
  boolean packed() {
    return packed.isPresent();
  }

  /**
   * A layer's arrays with the adapters' places empty.
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

  /** As {@link #outside(Role, boolean)}, or what stands in its place in the last such adapter. */
  NDArray outside(Role role, boolean bias, List<Adapter> active) {
    return layout
        .find(role, -1, bias)
        .map(ref -> whole(ref, active).map(Parameter::value).orElseGet(() -> stored(ref)))
        .orElse(empty);
  }

  /** What stands in place of a tensor in the last adapter that has it. */
  static Optional<Parameter> whole(TensorRef ref, List<Adapter> active) {
    return active.stream()
        .flatMap(adapter -> adapter.whole(ref).stream())
        .reduce((first, last) -> last);
  }

  /** Token, position and type embeddings and a norm's weight and bias; empty where absent. */
  List<NDArray> embeddings(List<Adapter> active) {
    return List.of(
        outside(Role.TOKEN_EMBEDDING, false, active),
        outside(Role.POSITION_EMBEDDING, false, active),
        outside(Role.TYPE_EMBEDDING, false, active),
        outside(Role.EMBEDDING_NORM, false, active),
        outside(Role.EMBEDDING_NORM, true, active));
  }

  /** The trained tensor in a place outside the layers, if the base is trained and has one there. */
  Optional<Parameter> parameter(Role role, boolean bias) {
    return layout.find(role, -1, bias).map(masters::get);
  }

  boolean trained() {
    return trained;
  }

  /**
   * One tensor in its stored shape, for saving; a row slice of its site if frozen. A tied head is
   * the embeddings.
   */
  NDArray export(TensorRef ref, NDManager scope) {
    if (ref.role() == Role.LM_HEAD && layout.find(ref.role(), -1, ref.bias()).isEmpty()) {
      return outside(Role.TOKEN_EMBEDDING, false);
    }
    if (trained) {
      return master(ref).value();
    }
    if (ref.layer() < 0) {
      return Objects.requireNonNull(single.get(ref));
    }
    if (packed.isPresent() && packed.get().holds(ref)) {
      return packed.get().unpack(scope, ref, compute);
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
    NDArray[] arrays = layers.get(ref.layer());
    int expert = layout.every(ref.role(), ref.layer(), false).indexOf(ref);
    long rows = ref.shape().get(0);
    return switch (ref.role()) {
      case EXPERT_GATE -> expert(scope, arrays[Slots.EXPERTS_UP], expert, 0, rows);
      case EXPERT_UP -> expert(scope, arrays[Slots.EXPERTS_UP], expert, rows, 2 * rows);
      case EXPERT_DOWN -> expert(scope, arrays[Slots.EXPERTS_DOWN], expert, 0, rows);
      default ->
          arrays[Objects.requireNonNull(Slots.SINGLE.get(ref.role())) + (ref.bias() ? 1 : 0)];
    };
  }

  /** A packed linear layer's weight as it multiplies, compute dtype (out, in). */
  NDArray unpacked(TensorRef ref, NDManager scope) {
    return packed.orElseThrow().matrix(scope, ref, compute);
  }

  private NDArray expert(NDManager scope, NDArray stack, int expert, long from, long to) {
    return kernels.one(scope, false, "expert_slice", stack, expert, from, to);
  }

  private Parameter master(TensorRef ref) {
    return Objects.requireNonNull(masters.get(ref), ref.name());
  }

  private NDArray stored(TensorRef ref) {
    return trained ? master(ref).value() : Objects.requireNonNull(single.get(ref));
  }

  private NDArray[] join(int layer, NDManager scope, boolean graph, @Nullable TensorSource source) {
    NDArray[] arrays = new NDArray[packed.isPresent() ? slots + Slots.PACKED : slots];
    Arrays.fill(arrays, empty);
    for (Map.Entry<Role, Integer> place : Slots.SINGLE.entrySet()) {
      for (boolean bias : new boolean[] {false, true}) {
        List<TensorRef> refs = layout.every(place.getKey(), layer, bias);
        if (!refs.isEmpty()) {
          arrays[place.getValue() + (bias ? 1 : 0)] = fuse(refs, scope, graph, source);
        }
      }
    }
    if (!layout.every(Role.EXPERT_DOWN, layer, false).isEmpty()) {
      arrays[Slots.EXPERTS_UP] =
          stack(Role.EXPERT_GATE, Optional.of(Role.EXPERT_UP), layer, scope, graph, source);
      arrays[Slots.EXPERTS_DOWN] =
          stack(Role.EXPERT_DOWN, Optional.empty(), layer, scope, graph, source);
    }
    for (Site site : Site.values()) {
      List<TensorRef> weights = site.parts(layout, layer, false);
      if (packed.isPresent() && source != null) {
        packed.get().place(arrays, slots, site, weights, source);
      } else {
        arrays[site.slot()] = fuse(weights, scope, graph, source);
      }
      arrays[site.slot() + 1] = fuse(site.parts(layout, layer, true), scope, graph, source);
    }
    return arrays;
  }

  /** The experts' matrices as one array; two roles side by side by rows. */
  private NDArray stack(
      Role first,
      Optional<Role> second,
      int layer,
      NDManager scope,
      boolean graph,
      @Nullable TensorSource source) {
    try (NDManager temporary = manager.newSubManager()) {
      List<NDArray> a = read(layout.every(first, layer, false), temporary, source);
      List<NDArray> b =
          second
              .map(role -> read(layout.every(role, layer, false), temporary, source))
              .orElse(List.of());
      return kernels.one(scope, graph, "stack_experts", a, b);
    }
  }

  private List<NDArray> read(List<TensorRef> refs, NDManager owner, @Nullable TensorSource source) {
    return refs.stream()
        .map(ref -> source == null ? master(ref).value() : source.read(owner, ref, compute))
        .toList();
  }

  private NDArray fuse(
      List<TensorRef> refs, NDManager scope, boolean graph, @Nullable TensorSource source) {
    if (refs.isEmpty()) {
      return empty;
    }
    boolean transposed = refs.get(0).transposed();
    try (NDManager temporary = manager.newSubManager()) {
      return kernels.one(scope, graph, "fuse", read(refs, temporary, source), transposed);
    }
  }

  TensorCarrier carrier() {
    return carrier;
  }
}
