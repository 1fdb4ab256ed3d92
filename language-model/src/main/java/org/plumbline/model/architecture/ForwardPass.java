package org.plumbline.model.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.plumbline.model.adapter.Adapter;
import org.plumbline.model.config.Role;
import org.plumbline.model.config.TransformerConfig;
import org.plumbline.model.engine.KernelScript;

/** From token ids to the hidden states under the head, for whole rows. */
final class ForwardPass {
  private final NDManager manager;
  private final KernelScript kernels;
  private final TransformerConfig config;
  private final BaseWeights base;
  private final LayerWeights layers;
  private final List<RotaryTables> rotary;
  private final Masks masks;

  ForwardPass(
      NDManager manager,
      KernelScript kernels,
      TransformerConfig config,
      BaseWeights base,
      LayerWeights layers,
      List<RotaryTables> rotary,
      Masks masks) {
    this.manager = manager;
    this.kernels = kernels;
    this.config = config;
    this.base = base;
    this.layers = layers;
    this.rotary = rotary;
    this.masks = masks;
  }

  /** As {@link TransformerModel#hidden}. */
  NDArray hidden(
      NDManager scope,
      TokenBatch batch,
      long[] index,
      List<Adapter> active,
      boolean graph,
      double dropout) {
    try (NDManager inner = manager.newSubManager()) {
      return through(begin(inner, batch, active, graph), scope, index, dropout);
    }
  }

  /** As {@link TransformerModel#hidden(NDManager, TokenBatch, long[], RowAdapters)}. */
  NDArray hidden(NDManager scope, TokenBatch batch, long[] index, RowAdapters.Each adapters) {
    try (NDManager inner = manager.newSubManager()) {
      Pass pass = new Pass(inner, batch, layers.of(adapters, inner), false);
      return through(pass, scope, index, 0);
    }
  }

  private NDArray through(Pass pass, NDManager scope, long[] index, double dropout) {
    NDArray x = pass.embedded();
    for (int layer = 0; layer < config.layers() - 1; layer++) {
      NDArray next = pass.layer(layer, x, dropout);
      x.close();
      x = next;
    }
    return pass.last(scope, x, index, dropout);
  }

  /** As {@link TransformerModel#trace}, with the experts' balancing loss as second array. */
  NDList routed(
      NDManager scope, TokenBatch batch, long[] index, List<Adapter> active, double dropout) {
    try (NDManager inner = manager.newSubManager()) {
      Pass pass = begin(inner, batch, active, true);
      List<NDArray> routes = new ArrayList<>();
      NDArray x = pass.embedded();
      for (int layer = 0; layer < config.layers(); layer++) {
        NDList out = pass.call("routed_layer", layer, x, dropout);
        x.close();
        x = out.get(0);
        routes.add(out.get(1));
      }
      NDArray real = inner.create(pass.real()).duplicate();
      NDArray balance = kernels.one(scope, true, "balance_loss", routes, real);
      NDArray rows = kernels.one(inner, true, "rows", x, inner.create(pass.shift(index)));
      return new NDList(pass.top(scope, rows), balance);
    }
  }

  /** Logits over the experts at every position, layer by layer: (B · T, E). */
  List<NDArray> routes(NDManager scope, TokenBatch batch, List<Adapter> active) {
    Pass pass = begin(scope, batch, active, false);
    List<NDArray> routes = new ArrayList<>();
    NDArray x = pass.embedded();
    for (int layer = 0; layer < config.layers(); layer++) {
      NDList out = pass.call("routed_layer", layer, x, 0);
      x = out.get(0);
      routes.add(out.get(1));
    }
    return routes;
  }

  /** As {@link TransformerModel#firstNonFinite}. */
  Optional<String> firstNonFinite(int[] ids, List<Adapter> active) {
    try (NDManager inner = manager.newSubManager()) {
      Pass pass = begin(inner, TokenBatch.of(List.of(ids)), active, false);
      NDArray x = pass.embedded();
      if (!finite(x)) {
        return Optional.of("the embeddings");
      }
      for (int layer = 0; layer < config.layers(); layer++) {
        x = pass.layer(layer, x, 0);
        if (!finite(x)) {
          return Optional.of("layer %d of %d".formatted(layer + 1, config.layers()));
        }
      }
      return finite(pass.top(inner, x)) ? Optional.empty() : Optional.of("the final norm");
    }
  }

  private boolean finite(NDArray x) {
    return kernels.one(manager, false, "all_finite", x).getFloat() == 1;
  }

  /**
   * Prepares what all layers of a pass share.
   *
   * @param scope owns it
   */
  Pass begin(NDManager scope, TokenBatch batch, List<Adapter> active, boolean graph) {
    return new Pass(scope, batch, layers.of(active, scope, graph), graph);
  }

  /** One pass over a batch, piece by piece. */
  final class Pass {
    private final NDManager scope;
    private final TokenBatch original;
    private final TokenBatch batch;
    private final LayerWeights.Joined weights;
    private final boolean graph;
    private final List<NDArray> masked;
    private final List<NDList> turned = new ArrayList<>();
    private final int prefix;

    private Pass(NDManager scope, TokenBatch batch, LayerWeights.Joined weights, boolean graph) {
      this.scope = scope;
      this.weights = weights;
      this.graph = graph;
      this.original = batch;
      int virtual = weights.outside().virtualTokens();
      this.prefix = weights.outside().prefixColumns();
      this.batch = virtual > 0 ? batch.behind(virtual, config.vocabSize()) : batch;
      if (prefix > 0 && batch.isPacked()) {
        throw new IllegalArgumentException(
            "rows of several texts (packing) cannot have virtual tokens or a prefix in front of each");
      }
      requireLength();
      this.masked = masks.of(this.batch, prefix, scope);
      int[] lengths = Arrays.stream(this.batch.sequenceLengths()).map(n -> n + prefix).toArray();
      for (RotaryTables tables : rotary) {
        RotaryTables.Turns turns = tables.of(lengths, scope);
        long[] offsets = Arrays.stream(turns.offsets()).map(offset -> offset + prefix).toArray();
        NDArray places = positions(this.batch.positions(offsets));
        turned.add(kernels.call(scope, "rope", places, turns.cos(), turns.sin()));
      }
    }

    /** Hidden states under the first layer, (B, T, H). */
    NDArray embedded() {
      Shape shape = new Shape(batch.rows(), batch.width());
      NDArray ids = scope.create(batch.ids(), shape);
      NDArray types =
          batch.types().length == 0 ? ids.zerosLike() : scope.create(batch.types(), shape);
      long[] offsets = new long[prefix == 0 ? 0 : batch.sequenceLengths().length];
      Arrays.fill(offsets, prefix);
      NDArray positions = positions(batch.positions(offsets));
      return kernels.one(scope, graph, "embed", ids, positions, types, weights.outside().tables());
    }

    /** Hidden states after a layer that is not the last. */
    NDArray layer(int layer, NDArray x, double dropout) {
      return call("layer", layer, x, dropout).singletonOrThrow();
    }

    /** Hidden states under the head at the positions wanted, (N, H). */
    NDArray last(NDManager owner, NDArray x, long[] index, double dropout) {
      NDArray at = scope.create(shift(index));
      int last = config.layers() - 1;
      NDArray rows =
          weights.byRow()
              ? kernels.one(scope, graph, "rows", layer(last, x, dropout), at)
              : call("last_layer", last, x, dropout, at).singletonOrThrow();
      return top(owner, rows);
    }

    private NDList call(String kernel, int layer, NDArray x, double dropout, Object... more) {
      int kind = masks.kind(layer);
      NDList rope = turned.get(Math.min(kind, turned.size() - 1));
      List<Object> args = new ArrayList<>();
      args.addAll(List.of(x, rope.get(0), rope.get(1), masked.get(kind)));
      args.addAll(List.of(config.attentionScale(layer), weights.layer(layer), dropout));
      args.addAll(List.of(more));
      return kernels.call(scope, graph, kernel, args.toArray());
    }

    /** Flat positions among the rows with their virtual tokens. */
    private long[] shift(long[] index) {
      int virtual = batch.width() - original.width();
      return Arrays.stream(index)
          .map(
              i ->
                  i < 0
                      ? (-1 - i) * batch.width()
                      : i / original.width() * batch.width() + i % original.width() + virtual)
          .toArray();
    }

    /** 1 at tokens, 0 at padding. */
    private float[] real() {
      float[] real = new float[batch.rows() * batch.width()];
      for (int b = 0; b < batch.rows(); b++) {
        Arrays.fill(real, b * batch.width(), b * batch.width() + batch.lengths()[b], 1f);
      }
      return real;
    }

    private NDArray positions(long[] flat) {
      return scope.create(flat, new Shape(flat.length / batch.width(), batch.width()));
    }

    /** Refuses sequences longer than learned positions reach. */
    private void requireLength() {
      int longest = prefix + Arrays.stream(batch.sequenceLengths()).max().orElse(0);
      if (base.outside(Role.POSITION_EMBEDDING, false) != base.empty()
          && longest > config.maxPositions()) {
        throw new IllegalArgumentException(
            "a sequence has %d tokens but the model has %d learned positions; shorten the rows"
                .formatted(longest, config.maxPositions()));
      }
    }

    /** The final norm, and an encoder's layer before its head. */
    private NDArray top(NDManager owner, NDArray rows) {
      NDArray transform = base.outside(Role.HEAD_TRANSFORM, false);
      if (transform == base.empty()) {
        NDArray bias = weights.outside().outside(Role.FINAL_NORM, true);
        return kernels.one(
            owner, graph, "final_norm", rows, base.outside(Role.FINAL_NORM, false), bias);
      }
      List<NDArray> dense =
          List.of(
              transform,
              base.outside(Role.HEAD_TRANSFORM, true),
              base.outside(Role.HEAD_NORM, false),
              base.outside(Role.HEAD_NORM, true));
      return kernels.one(owner, graph, "head_transform", rows, dense);
    }
  }
}
