package org.plumbline.model.adapter;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.plumbline.model.config.TensorRef;
import org.plumbline.model.tensor.Parameter;

/**
 * Few tensors beside a frozen base that change what it computes, under a name among those of its
 * model; with a head of its own where it scores.
 */
public final class Adapter {
  private final String name;
  private final AdapterMethod method;
  private final AdapterParts parts;
  private final List<String> modules;
  private final HeadPlace place;
  private final @Nullable Parameter head;

  private Adapter(
      String name,
      AdapterMethod method,
      AdapterParts parts,
      List<String> modules,
      HeadPlace place,
      @Nullable Parameter head) {
    this.name = name;
    this.method = method;
    this.parts = parts;
    this.modules = modules.stream().filter(m -> !HeadPlace.MODULES.contains(m)).toList();
    this.place = place;
    this.head = head;
  }

  /**
   * A fresh adapter. All but {@link LoraStart#BOTH_NORMAL} and the virtual tokens change nothing
   * yet; the head, if any, is 0.
   *
   * @throws IllegalArgumentException if no module matches the targets, or a rank does not fit
   */
  static Adapter create(FreshTensors tensors, String name, AdapterMethod method, Extras extras) {
    AdapterParts parts = new AdapterParts();
    method.build(tensors, parts);
    SavedModules.begin(extras.modules(), tensors, parts);
    HeadPlace place = HeadPlace.of(tensors.layout(), parts.prefix());
    Parameter head =
        extras.headWidth() == 0
            ? null
            : tensors.parameter(
                place.weight(),
                AdapterTensors.Start.ZEROS,
                extras.headWidth(),
                tensors.base().hiddenSize());
    return new Adapter(name, method, parts, extras.modules(), place, head);
  }

  /** An adapter that was read; without a head, its place means nothing. */
  static Adapter stored(
      String name,
      AdapterMethod method,
      AdapterParts parts,
      List<String> modules,
      HeadPlace place,
      @Nullable Parameter head) {
    return new Adapter(name, method, parts, modules, place, head);
  }

  /** The adapter's name among those of its model. */
  public String name() {
    return name;
  }

  /** How it tunes, with its settings. */
  public AdapterMethod method() {
    return method;
  }

  /**
   * The same adapter with its effect multiplied, as PEFT's {@code set_scale} does it: tensors are
   * shared. It is for use, not to be saved.
   *
   * @param by of any sign; −1 takes out what was merged
   * @throws IllegalArgumentException naming the adapter where it is more than low-rank matrices
   */
  public Adapter scaled(double by) {
    if (!parts.matricesAlone() || head != null) {
      throw new IllegalArgumentException(
          "adapter %s (%s) cannot be scaled or taken out: that needs low-rank matrices alone, without magnitudes, biases, whole modules or a head of its own"
              .formatted(name, method.peftType()));
    }
    return new Adapter(name, method, parts.scaled(by), modules, place, null);
  }

  /** Whether it is a copy with another effect than its settings say. */
  boolean isScaled() {
    return parts.scaled;
  }

  /** The matrices on a linear layer or embedding table, if it has any there. */
  public Optional<LowRank> lowRank(TensorRef weight) {
    return Optional.ofNullable(parts.lowRanks.get(weight));
  }

  /** The factors on a linear layer's inputs or outputs, if it has any there. */
  public Optional<Rescale> rescale(TensorRef weight) {
    return Optional.ofNullable(parts.rescales.get(weight));
  }

  /** The layers in a place, if it has any there. */
  public Optional<BottleneckLayers> bottleneck(BottleneckLayers.Place where) {
    return Optional.ofNullable(parts.bottlenecks.get(where));
  }

  /** What stands in place of a tensor of the base. */
  public Optional<Parameter> whole(TensorRef ref) {
    return Optional.ofNullable(parts.whole.get(ref));
  }

  /** Tokens in front of every text. */
  public Optional<VirtualTokens> virtual() {
    return parts.virtual;
  }

  /** Whether it is matrices beside linear layers and nothing that layers would have to ask for. */
  public boolean isPlain() {
    return parts.rescales.isEmpty()
        && parts.bottlenecks.isEmpty()
        && parts.virtual.filter(VirtualTokens::keysAndValues).isEmpty()
        && parts.lowRanks.values().stream().allMatch(pair -> pair.magnitude().isEmpty());
  }

  /**
   * What it has beside low-rank pairs on linear layers, in words; empty where it has nothing else,
   * so that it can share a batch with others.
   */
  public Optional<String> besidePairs() {
    if (parts.virtual.isPresent()) {
      return Optional.of("virtual tokens");
    }
    if (!parts.rescales.isEmpty()) {
      return Optional.of("factors on activations");
    }
    if (!parts.bottlenecks.isEmpty()) {
      return Optional.of("bottleneck layers");
    }
    if (parts.lowRanks.values().stream().anyMatch(pair -> pair.magnitude().isPresent())) {
      return Optional.of("magnitudes (DoRA)");
    }
    if (parts.lowRanks.keySet().stream().anyMatch(ref -> ref.layer() < 0)) {
      return Optional.of("matrices on the embeddings");
    }
    if (!parts.whole.isEmpty()) {
      return Optional.of("whole tensors such as biases");
    }
    return head().map(own -> "a head of its own");
  }

  /** The adapter's own head, without bias: float32 (labels, H). */
  public Optional<Parameter> head() {
    return Optional.ofNullable(head);
  }

  /** What stands before the names of the base's tensors in its folder. */
  public String prefix() {
    return parts.prefix();
  }

  /** Names of the base's modules that it trains and saves whole, its head left out. */
  List<String> modules() {
    return modules;
  }

  /** Where the head stands. */
  HeadPlace place() {
    return place;
  }

  /** Matrices by their layers' weights, in the order of the model. */
  public Map<TensorRef, LowRank> lowRanks() {
    return Map.copyOf(parts.lowRanks);
  }

  /** Modules with matrices, by their whole names. */
  List<String> modulesWithMatrices() {
    return parts.lowRanks.keySet().stream().map(TensorRef::module).sorted().toList();
  }

  /** All trained tensors, in the order of the model's layers. */
  public List<Parameter> parameters() {
    List<Parameter> all = new ArrayList<>(parts.parameters);
    head().ifPresent(all::add);
    return all;
  }

  /** Trained tensors that one layer uses; all others with −1. */
  public List<Parameter> parameters(int layer) {
    List<Parameter> inside = new ArrayList<>();
    parts.lowRanks.forEach((ref, pair) -> add(inside, ref.layer(), layer, pair.parameters()));
    parts.rescales.forEach(
        (ref, scale) -> add(inside, ref.layer(), layer, List.of(scale.factors())));
    parts.bottlenecks.forEach(
        (where, layers) -> add(inside, where.layer(), layer, layers.parameters()));
    parts.whole.forEach((ref, parameter) -> add(inside, ref.layer(), layer, List.of(parameter)));
    if (layer < 0) {
      Stream.concat(
              parts.virtual.stream().flatMap(tokens -> tokens.parameters().stream()),
              head().stream())
          .forEach(inside::add);
    }
    return inside;
  }

  private static void add(List<Parameter> into, int at, int layer, List<Parameter> more) {
    if (at == layer) {
      into.addAll(more);
    }
  }
}
