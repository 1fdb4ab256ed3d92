package org.plumbline.model.adapter;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.plumbline.model.config.TensorRef;
import org.plumbline.model.tensor.Parameter;

/** What a method adds to a base, collected while it is built. */
final class AdapterParts {
  final Map<TensorRef, LowRank> lowRanks = new LinkedHashMap<>();
  final Map<TensorRef, Rescale> rescales = new LinkedHashMap<>();
  final Map<BottleneckLayers.Place, BottleneckLayers> bottlenecks = new LinkedHashMap<>();
  final Map<TensorRef, Parameter> whole = new LinkedHashMap<>();
  final List<Parameter> parameters = new ArrayList<>();
  Optional<VirtualTokens> virtual = Optional.empty();
  boolean scaled;

  /** What stands before the names of the base's tensors: PEFT wraps nothing for virtual tokens. */
  String prefix() {
    return PeftFolder.prefix(virtual.isPresent());
  }

  /** Whether there is nothing but matrices beside linear layers or embeddings. */
  boolean matricesAlone() {
    int matrices = lowRanks.values().stream().mapToInt(pair -> pair.parameters().size()).sum();
    return !lowRanks.isEmpty()
        && matrices == parameters.size()
        && lowRanks.values().stream().allMatch(pair -> pair.magnitude().isEmpty());
  }

  /** The same tensors, the effect of matrices multiplied. */
  AdapterParts scaled(double by) {
    AdapterParts copy = new AdapterParts();
    lowRanks.forEach((ref, pair) -> copy.lowRank(ref, pair.scaled(by)));
    copy.scaled = true;
    return copy;
  }

  void lowRank(TensorRef ref, LowRank pair) {
    lowRanks.put(ref, pair);
    parameters.addAll(pair.parameters());
  }

  void rescale(TensorRef ref, Rescale scale) {
    rescales.put(ref, scale);
    parameters.add(scale.factors());
  }

  void bottleneck(BottleneckLayers.Place place, BottleneckLayers layers) {
    bottlenecks.put(place, layers);
    parameters.addAll(layers.parameters());
  }

  void whole(TensorRef ref, Parameter parameter) {
    whole.put(ref, parameter);
    parameters.add(parameter);
  }

  void virtual(VirtualTokens tokens) {
    virtual = Optional.of(tokens);
    parameters.addAll(tokens.parameters());
  }
}
