package org.plumbline.model.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.plumbline.model.adapter.Adapter;
import org.plumbline.model.adapter.VirtualTokens;
import org.plumbline.model.config.Role;
import org.plumbline.model.config.TensorRef;
import org.plumbline.model.config.TransformerConfig;
import org.plumbline.model.engine.KernelScript;
import org.plumbline.model.tensor.Parameter;
import org.plumbline.model.tensor.TensorCarrier;

/**
 * Activation checkpointing (Chen et al. 2016, arXiv 1604.06174) layer by layer: only what goes into
 * each layer is kept, and a layer's graph exists while its gradients are taken.
 */
final class CheckpointedTrace implements Trace {
  private final NDManager manager;
  private final KernelScript kernels;
  private final TransformerConfig config;
  private final ForwardPass forward;
  private final BaseWeights base;
  private final TensorCarrier carrier;
  private final TokenBatch batch;
  private final long[] index;
  private final List<Adapter> active;
  private final double dropout;
  private final long seed;
  private final List<NDArray> inputs = new ArrayList<>();
  private final NDArray rows;

  /**
   * Runs forward.
   *
   * @param scope owns what is kept
   * @throws IllegalArgumentException for a prefix, whose gradient no layer alone gives
   */
  CheckpointedTrace(
      NDManager scope,
      KernelScript kernels,
      TransformerConfig config,
      ForwardPass forward,
      BaseWeights base,
      TokenBatch batch,
      long[] index,
      List<Adapter> active,
      double dropout) {
    boolean prefixed =
        active.stream().flatMap(a -> a.virtual().stream()).anyMatch(VirtualTokens::keysAndValues);
    if (prefixed) {
      throw new IllegalArgumentException(
          "gradient checkpointing does not go with prefix tuning, whose keys and values stand in all layers at once");
    }
    this.manager = scope;
    this.kernels = kernels;
    this.config = config;
    this.forward = forward;
    this.base = base;
    this.carrier = base.carrier();
    this.batch = batch;
    this.index = index.clone();
    this.active = List.copyOf(active);
    this.dropout = dropout;
    try (NDManager inner = scope.newSubManager()) {
      this.seed = dropout > 0 ? kernels.one(inner, false, "draw", base.empty()).getLong(0) : 0;
      ForwardPass.Pass pass = forward.begin(inner, batch, active, false);
      inputs.add(kept(pass.embedded()));
      int last = config.layers() - 1;
      for (int layer = 0; layer < last; layer++) {
        reseed(layer);
        inputs.add(kept(pass.layer(layer, inputs.get(layer), dropout)));
      }
      reseed(last);
      this.rows = leaf(pass.last(scope, inputs.get(last), index, dropout));
    }
  }

  private NDArray kept(NDArray x) {
    x.attach(manager);
    return x;
  }

  private static NDArray leaf(NDArray x) {
    x.setRequiresGradient(true);
    return x;
  }

  /** The same elements are dropped when a layer is computed again. */
  private void reseed(int layer) {
    if (dropout > 0) {
      carrier.seed(manager, seed + layer);
    }
  }

  @Override
  public NDArray rows() {
    return rows;
  }

  @Override
  public Optional<NDArray> balance() {
    return Optional.empty();
  }

  @Override
  public List<NDArray> gradients(
      NDManager scope,
      List<NDArray> outputs,
      List<NDArray> outputGrads,
      List<Parameter> parameters) {
    GradientSums sums = new GradientSums(kernels, carrier, scope, parameters);
    List<Parameter> outside = at(-1);
    NDArray above = sums.take(outputs, outputGrads, List.of(rows), outside).get(0);
    int last = config.layers() - 1;
    for (int layer = last; layer >= 0; layer--) {
      try (NDManager inner = scope.newSubManager()) {
        ForwardPass.Pass pass = forward.begin(inner, batch, active, true);
        reseed(layer);
        NDArray x = leaf(inputs.get(layer));
        NDArray y =
            layer == last ? pass.last(inner, x, index, dropout) : pass.layer(layer, x, dropout);
        List<Parameter> inside = new ArrayList<>(at(layer));
        if (layer == last) {
          // The final norm stands outside the layers.
          inside.addAll(outside);
        }
        NDArray below = sums.take(List.of(y), List.of(above), List.of(x), inside).get(0);
        above.close();
        above = below;
        x.close();
      }
    }
    List<Parameter> under = underLayers();
    if (sums.wants(under)) {
      try (NDManager inner = scope.newSubManager()) {
        NDArray x = forward.begin(inner, batch, active, true).embedded();
        sums.take(List.of(x), List.of(above), List.of(), under);
      }
    }
    above.close();
    return sums.all();
  }

  private List<Parameter> at(int layer) {
    return Stream.concat(
            base.parameters(layer).stream(),
            active.stream().flatMap(adapter -> adapter.parameters(layer).stream()))
        .toList();
  }

  /** What embeddings are made of. */
  private List<Parameter> underLayers() {
    TensorRef table = base.layout().get(Role.TOKEN_EMBEDDING, -1, false);
    List<Parameter> all = new ArrayList<>(base.embeddingParameters());
    for (Adapter adapter : active) {
      base.layout().find(Role.EMBEDDING_NORM, -1, true).flatMap(adapter::whole).ifPresent(all::add);
      adapter.whole(table).ifPresent(all::add);
      adapter.lowRank(table).ifPresent(pair -> all.addAll(pair.parameters()));
      adapter.virtual().ifPresent(tokens -> all.addAll(tokens.parameters()));
    }
    return all;
  }
}
