package org.plumbline.model.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.plumbline.model.config.Role;
import org.plumbline.model.config.TransformerConfig;
import org.plumbline.model.engine.KernelScript;
import org.plumbline.model.lora.LoraAdapter;

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
      List<LoraAdapter> active,
      boolean graph,
      double dropout) {
    try (NDManager inner = manager.newSubManager()) {
      Pass pass = begin(inner, batch, graph);
      int last = config.layers() - 1;
      for (int layer = 0; layer < last; layer++) {
        pass.next(pass.call("layer", layer, layers.of(layer, active, inner, graph), dropout));
      }
      List<NDArray> weights = layers.of(last, active, inner, graph);
      NDArray rows =
          pass.call("last_layer", last, weights, dropout, inner.create(index)).singletonOrThrow();
      return top(scope, rows, graph);
    }
  }

  /** As {@link TransformerModel#routed}. */
  NDList routed(
      NDManager scope, TokenBatch batch, long[] index, List<LoraAdapter> active, double dropout) {
    try (NDManager inner = manager.newSubManager()) {
      Pass pass = begin(inner, batch, true);
      List<NDArray> routes = new ArrayList<>();
      for (int layer = 0; layer < config.layers(); layer++) {
        NDList out =
            pass.call("routed_layer", layer, layers.of(layer, active, inner, true), dropout);
        pass.next(new NDList(out.get(0)));
        routes.add(out.get(1));
      }
      float[] real = new float[batch.rows() * batch.width()];
      for (int b = 0; b < batch.rows(); b++) {
        Arrays.fill(real, b * batch.width(), b * batch.width() + batch.lengths()[b], 1f);
      }
      NDArray balance =
          kernels.one(scope, true, "balance_loss", routes, inner.create(real).duplicate());
      NDArray rows = kernels.one(inner, true, "rows", pass.x, inner.create(index));
      return new NDList(top(scope, rows, true), balance);
    }
  }

  /** As {@link TransformerModel#firstNonFinite}. */
  Optional<String> firstNonFinite(int[] ids, List<LoraAdapter> active) {
    try (NDManager inner = manager.newSubManager()) {
      Pass pass = begin(inner, TokenBatch.of(List.of(ids)), false);
      if (!finite(pass.x)) {
        return Optional.of("the embeddings");
      }
      for (int layer = 0; layer < config.layers(); layer++) {
        pass.next(pass.call("layer", layer, layers.of(layer, active, inner, false), 0));
        if (!finite(pass.x)) {
          return Optional.of("layer %d of %d".formatted(layer + 1, config.layers()));
        }
      }
      return finite(top(inner, pass.x, false)) ? Optional.empty() : Optional.of("the final norm");
    }
  }

  private boolean finite(NDArray x) {
    return kernels.one(manager, false, "all_finite", x).getFloat() == 1;
  }

  /** What all layers of one pass share, and the hidden states on their way. */
  private final class Pass {
    private final NDManager scope;
    private final boolean graph;
    private final List<NDArray> masked;
    private final List<NDList> turned;
    private NDArray x;

    Pass(NDManager scope, boolean graph, NDArray x, List<NDArray> masked, List<NDList> turned) {
      this.scope = scope;
      this.graph = graph;
      this.x = x;
      this.masked = masked;
      this.turned = turned;
    }

    NDList call(String kernel, int layer, List<NDArray> weights, double dropout, Object... more) {
      int kind = masks.kind(layer);
      NDList rope = turned.get(Math.min(kind, turned.size() - 1));
      List<Object> args = new ArrayList<>();
      args.addAll(List.of(x, rope.get(0), rope.get(1), masked.get(kind)));
      args.addAll(List.of(config.attentionScale(layer), weights, dropout));
      args.addAll(List.of(more));
      return kernels.call(scope, graph, kernel, args.toArray());
    }

    void next(NDList out) {
      x.close();
      x = out.singletonOrThrow();
    }
  }

  private Pass begin(NDManager scope, TokenBatch batch, boolean graph) {
    requireLength(batch);
    Shape shape = new Shape(batch.rows(), batch.width());
    NDArray ids = scope.create(batch.ids(), shape);
    NDArray types =
        batch.types().length == 0 ? ids.zerosLike() : scope.create(batch.types(), shape);
    NDArray positions = positions(scope, batch, batch.positions());
    NDArray x = kernels.one(scope, graph, "embed", ids, positions, types, base.embeddings());
    List<NDList> turned = new ArrayList<>();
    for (RotaryTables tables : rotary) {
      RotaryTables.Turns turns = tables.of(batch.sequenceLengths(), scope);
      NDArray places = positions(scope, batch, batch.positions(turns.offsets()));
      turned.add(kernels.call(scope, "rope", places, turns.cos(), turns.sin()));
    }
    return new Pass(scope, graph, x, masks.of(batch, scope), turned);
  }

  private static NDArray positions(NDManager scope, TokenBatch batch, long[] flat) {
    return scope.create(flat, new Shape(flat.length / batch.width(), batch.width()));
  }

  /** Refuses sequences longer than learned positions reach. */
  private void requireLength(TokenBatch batch) {
    int longest = Arrays.stream(batch.sequenceLengths()).max().orElse(0);
    if (base.outside(Role.POSITION_EMBEDDING, false) != base.empty()
        && longest > config.maxPositions()) {
      throw new IllegalArgumentException(
          "a sequence has %d tokens but the model has %d learned positions; shorten the rows"
              .formatted(longest, config.maxPositions()));
    }
  }

  /** The final norm, and an encoder's layer before its head. */
  private NDArray top(NDManager scope, NDArray rows, boolean graph) {
    NDArray transform = base.outside(Role.HEAD_TRANSFORM, false);
    if (transform == base.empty()) {
      return kernels.one(
          scope,
          graph,
          "final_norm",
          rows,
          base.outside(Role.FINAL_NORM, false),
          base.outside(Role.FINAL_NORM, true));
    }
    List<NDArray> weights =
        List.of(
            transform,
            base.outside(Role.HEAD_TRANSFORM, true),
            base.outside(Role.HEAD_NORM, false),
            base.outside(Role.HEAD_NORM, true));
    return kernels.one(scope, graph, "head_transform", rows, weights);
  }
}
