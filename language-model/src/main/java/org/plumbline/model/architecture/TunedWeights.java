package org.plumbline.model.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.plumbline.model.adapter.Adapter;
import org.plumbline.model.adapter.BottleneckLayers;
import org.plumbline.model.adapter.LowRank;
import org.plumbline.model.adapter.Rescale;
import org.plumbline.model.adapter.VirtualTokens;
import org.plumbline.model.config.Role;
import org.plumbline.model.config.TensorRef;
import org.plumbline.model.config.TransformerConfig;
import org.plumbline.model.engine.KernelScript;
import org.plumbline.model.tensor.Parameter;

/** What some adapters make of a base: its arrays as the kernels take them. */
final class TunedWeights {
  private final KernelScript kernels;
  private final BaseWeights base;
  private final TransformerConfig config;
  private final ZeroRanks zeroRanks;
  private final List<Adapter> active;
  private final NDManager scope;
  private final boolean graph;
  private final int slots;
  private final boolean plain;
  private final Optional<NDArray> prefix;
  private final List<NDArray> tables;

  /**
   * Joins what stands outside the layers.
   *
   * @param scope owns what is made
   * @param graph true to build the graph of gradients
   */
  TunedWeights(
      KernelScript kernels,
      BaseWeights base,
      TransformerConfig config,
      ZeroRanks zeroRanks,
      List<Adapter> active,
      NDManager scope,
      boolean graph) {
    this.kernels = kernels;
    this.base = base;
    this.config = config;
    this.zeroRanks = zeroRanks;
    this.active = active;
    this.scope = scope;
    this.graph = graph;
    this.slots = Slots.of(config);
    this.plain = active.stream().allMatch(Adapter::isPlain);
    this.prefix = virtual(true);
    this.tables = embeddings();
  }

  /** The adapters. */
  List<Adapter> active() {
    return active;
  }

  /** Virtual tokens in front of every row. */
  int virtualTokens() {
    NDArray table = tables.get(7);
    return table == base.empty() ? 0 : Math.toIntExact(table.getShape().get(0));
  }

  /** Columns of keys and values in front of every row's own. */
  int prefixColumns() {
    return prefix.map(p -> Math.toIntExact(p.getShape().get(0))).orElse(0);
  }

  /** As the kernel {@code embed} takes them. */
  List<NDArray> tables() {
    return tables;
  }

  /** A tensor outside the layers. */
  NDArray outside(Role role, boolean bias) {
    return base.outside(role, bias, active);
  }

  /** Keys and values of the prefix, in turn for each layer: (K, P, D). */
  List<NDArray> prefixes() {
    List<NDArray> all = new ArrayList<>();
    for (int layer = 0; layer < config.layers() && prefix.isPresent(); layer++) {
      all.add(prefixOf(layer, 0));
      all.add(prefixOf(layer, 1));
    }
    return all;
  }

  /** The arrays of a layer. */
  List<NDArray> layer(int layer) {
    NDArray[] arrays = base.layer(layer, scope, graph);
    replaceWhole(arrays, layer);
    for (Site site : Site.values()) {
      lowRanks(arrays, site, layer);
    }
    if (plain) {
      return Arrays.asList(arrays);
    }
    NDArray[] more = arrays;
    if (!base.packed()) {
      more = Arrays.copyOf(arrays, slots + Slots.MORE);
      Arrays.fill(more, slots, more.length, base.empty());
    }
    for (Site site : Site.values()) {
      factors(more, site, layer);
    }
    bottlenecks(more, layer);
    if (prefix.isPresent()) {
      more[slots + Slots.PREFIX] = prefixOf(layer, 0);
      more[slots + Slots.PREFIX + 1] = prefixOf(layer, 1);
    }
    return Arrays.asList(more);
  }

  /** The arrays of a layer with all that can be merged in the sites' own weights. */
  List<NDArray> merged(int layer) {
    NDArray[] arrays = layer(layer).toArray(NDArray[]::new);
    boolean more = arrays.length > slots;
    for (Site site : Site.values()) {
      int slot = site.slot();
      int out = slots + Slots.OUTPUT_FACTORS + site.ordinal();
      int in = slots + Slots.INPUT_FACTORS + site.ordinal();
      NDArray outputs = more ? arrays[out] : base.empty();
      NDArray inputs = more ? arrays[in] : base.empty();
      boolean changed =
          !base.packed()
              && (arrays[slot + 2] != base.empty()
                  || outputs != base.empty()
                  || inputs != base.empty());
      if (changed) {
        arrays[slot] =
            kernels.one(
                scope,
                false,
                "merge",
                arrays[slot],
                arrays[slot + 2],
                arrays[slot + 3],
                outputs,
                inputs);
        arrays[slot + 2] = base.empty();
        arrays[slot + 3] = base.empty();
        if (more) {
          arrays[out] = base.empty();
          arrays[in] = base.empty();
        }
      }
    }
    return Arrays.asList(arrays);
  }

  private NDArray prefixOf(int layer, int which) {
    return kernels.one(scope, graph, "prefix_of", prefix.orElseThrow(), layer, which);
  }

  /** Token, position and type embeddings, a norm, a low-rank pair and virtual tokens. */
  private List<NDArray> embeddings() {
    List<NDArray> all = new ArrayList<>(base.embeddings(active));
    TensorRef table = base.layout().get(Role.TOKEN_EMBEDDING, -1, false);
    List<LowRank> pairs = active.stream().flatMap(a -> a.lowRank(table).stream()).toList();
    if (pairs.size() > 1) {
      throw new IllegalArgumentException(
          "several active adapters have matrices on the embeddings; only one can");
    }
    NDArray down = base.empty();
    NDArray up = base.empty();
    if (!pairs.isEmpty()) {
      LowRank pair = pairs.get(0);
      NDList joined =
          kernels.call(
              scope, graph, "embedding_pair", pair.down().value(), pair.up().value(), pair.scale());
      down = joined.get(0);
      up = joined.get(1);
    }
    all.add(down);
    all.add(up);
    all.add(virtual(false).orElse(base.empty()));
    return all;
  }

  /** Virtual tokens of all active adapters of a kind, one below the other. */
  private Optional<NDArray> virtual(boolean keysAndValues) {
    List<NDArray> found = new ArrayList<>();
    for (Adapter adapter : active) {
      Optional<VirtualTokens> tokens =
          adapter.virtual().filter(v -> v.keysAndValues() == keysAndValues);
      tokens.ifPresent(v -> found.add(rows(kernels, scope, graph, v)));
    }
    return switch (found.size()) {
      case 0 -> Optional.empty();
      case 1 -> Optional.of(found.get(0));
      default -> Optional.of(kernels.one(scope, graph, "join_rows", found));
    };
  }

  /** What virtual tokens are after their encoder: float32 (P, width). */
  static NDArray rows(KernelScript kernels, NDManager scope, boolean graph, VirtualTokens tokens) {
    List<NDArray> encoder = tokens.encoder().stream().map(Parameter::value).toList();
    return kernels.one(
        scope, graph, "virtual_tokens", tokens.table().value(), encoder, tokens.tanh());
  }

  /** Biases that an adapter trains, in place of the base's. */
  private void replaceWhole(NDArray[] arrays, int layer) {
    if (active.stream().noneMatch(a -> !a.parameters(layer).isEmpty() && hasWhole(a, layer))) {
      return;
    }
    for (Map.Entry<Role, Integer> place : Slots.SINGLE.entrySet()) {
      base.layout()
          .find(place.getKey(), layer, true)
          .flatMap(ref -> BaseWeights.whole(ref, active))
          .ifPresent(parameter -> arrays[place.getValue() + 1] = cast(parameter.value()));
    }
    for (Site site : Site.values()) {
      List<TensorRef> parts = site.parts(base.layout(), layer, true);
      if (parts.stream().anyMatch(ref -> BaseWeights.whole(ref, active).isPresent())) {
        List<NDArray> values =
            parts.stream()
                .map(
                    ref ->
                        BaseWeights.whole(ref, active)
                            .map(Parameter::value)
                            .orElseGet(() -> base.export(ref, scope)))
                .toList();
        arrays[site.slot() + 1] = kernels.one(scope, graph, "join_vectors", values);
      }
    }
  }

  private boolean hasWhole(Adapter adapter, int layer) {
    return base.layout().all().stream()
        .anyMatch(ref -> ref.layer() == layer && adapter.whole(ref).isPresent());
  }

  private NDArray cast(NDArray value) {
    return kernels.one(scope, graph, "cast", value);
  }

  private void lowRanks(NDArray[] arrays, Site site, int layer) {
    List<TensorRef> parts = site.parts(base.layout(), layer, false);
    boolean any =
        parts.stream().anyMatch(part -> active.stream().anyMatch(a -> a.lowRank(part).isPresent()));
    if (!any) {
      return;
    }
    List<NDArray> down = new ArrayList<>();
    List<NDArray> up = new ArrayList<>();
    double[] scales = new double[parts.size() * active.size()];
    for (TensorRef part : parts) {
      for (Adapter adapter : active) {
        Optional<LowRank> pair = adapter.lowRank(part);
        scales[up.size()] = pair.map(LowRank::scale).orElse(0.0);
        down.add(
            pair.map(p -> down(kernels, scope, graph, p))
                .orElseGet(() -> zeroRanks.of(0, inputs(part))));
        up.add(pair.map(p -> p.up().value()).orElseGet(() -> zeroRanks.of(outputs(part), 0)));
      }
    }
    NDList joined = kernels.call(scope, graph, "join_lora", down, up, scales, active.size());
    arrays[site.slot() + 2] = joined.get(0);
    arrays[site.slot() + 3] = joined.get(1);
  }

  /** A, with AdaLoRA's singular values in it. */
  static NDArray down(KernelScript kernels, NDManager scope, boolean graph, LowRank pair) {
    return pair.singular()
        .map(e -> kernels.one(scope, graph, "scale_rows", pair.down().value(), e.value()))
        .orElse(pair.down().value());
  }

  private void factors(NDArray[] arrays, Site site, int layer) {
    List<TensorRef> parts = site.parts(base.layout(), layer, false);
    List<TensorRef> biases = site.parts(base.layout(), layer, true);
    List<NDArray> outputs = new ArrayList<>();
    List<NDArray> rescaled = new ArrayList<>();
    boolean scaled = false;
    int row = 0;
    for (TensorRef part : parts) {
      int rows = Math.toIntExact(outputs(part));
      Optional<NDArray> factor = outputFactor(arrays[site.slot()], part, row, row + rows);
      Optional<NDArray> plainFactor = rescale(part, false);
      scaled |= factor.isPresent() || plainFactor.isPresent();
      NDArray ones = zeroRanks.ones(rows);
      outputs.add(
          factor.isPresent() && plainFactor.isPresent()
              ? kernels.one(
                  scope,
                  graph,
                  "times",
                  factor.get(),
                  kernels.one(scope, graph, "join_vectors", List.of(plainFactor.get())))
              : factor.or(() -> plainFactor).orElse(ones));
      rescaled.add(plainFactor.orElse(ones));
      row += rows;
      rescale(part, true)
          .ifPresent(
              inputs ->
                  arrays[slots + Slots.INPUT_FACTORS + site.ordinal()] =
                      kernels.one(scope, graph, "join_vectors", List.of(inputs)));
    }
    if (scaled) {
      arrays[slots + Slots.OUTPUT_FACTORS + site.ordinal()] =
          kernels.one(scope, graph, "join_vectors", outputs);
      if (!biases.isEmpty() && rescaled.stream().anyMatch(r -> !zeroRanks.isOnes(r))) {
        NDArray factor = kernels.one(scope, graph, "join_vectors", rescaled);
        arrays[site.slot() + 1] =
            kernels.one(scope, graph, "times", arrays[site.slot() + 1], factor);
      }
    }
  }

  /** DoRA's factor on the outputs of rows of a site. */
  private Optional<NDArray> outputFactor(NDArray weight, TensorRef part, int from, int to) {
    List<LowRank> pairs =
        active.stream()
            .flatMap(a -> a.lowRank(part).stream())
            .filter(pair -> pair.magnitude().isPresent())
            .toList();
    if (pairs.size() > 1) {
      throw new IllegalArgumentException(
          "several active adapters have magnitudes (DoRA) on %s; only one can"
              .formatted(part.module()));
    }
    if (pairs.isEmpty()) {
      return Optional.empty();
    }
    if (!base.packed()) {
      return Optional.of(magnitudes(weight, from, to, pairs.get(0)));
    }
    try (NDManager temporary = scope.newSubManager()) {
      return Optional.of(magnitudes(base.unpacked(part, temporary), 0, to - from, pairs.get(0)));
    }
  }

  private NDArray magnitudes(NDArray weight, int from, int to, LowRank pair) {
    return kernels.one(
        scope,
        graph,
        "magnitudes",
        weight,
        from,
        to,
        pair.down().value(),
        pair.up().value(),
        pair.scale(),
        pair.magnitude().orElseThrow().value());
  }

  private Optional<NDArray> rescale(TensorRef part, boolean inputs) {
    return active.stream()
        .flatMap(a -> a.rescale(part).stream())
        .filter(factor -> factor.inputs() == inputs)
        .map(Rescale::factors)
        .map(Parameter::value)
        .reduce((a, b) -> kernels.one(scope, graph, "times", a, b));
  }

  private void bottlenecks(NDArray[] arrays, int layer) {
    for (boolean afterAttention : new boolean[] {true, false}) {
      int at = slots + (afterAttention ? Slots.AFTER_ATTENTION : Slots.AFTER_MLP);
      List<BottleneckLayers> found =
          active.stream()
              .flatMap(
                  a -> a.bottleneck(new BottleneckLayers.Place(layer, afterAttention)).stream())
              .toList();
      if (found.size() > 1) {
        throw new IllegalArgumentException(
            "several active adapters have bottleneck layers in one place; only one can");
      }
      for (BottleneckLayers layers : found) {
        arrays[at] = cast(layers.down().value());
        arrays[at + 1] = cast(layers.downBias().value());
        arrays[at + 2] = cast(layers.up().value());
        arrays[at + 3] = cast(layers.upBias().value());
        arrays[at + 4] = scope.create(layers.activation().ordinal());
      }
    }
  }

  private static long inputs(TensorRef ref) {
    return ref.transposed() ? ref.shape().get(0) : ref.shape().get(1);
  }

  /** Rows of a linear layer's weight as it multiplies. */
  static long outputs(TensorRef ref) {
    return ref.transposed() ? ref.shape().get(1) : ref.shape().get(0);
  }
}
