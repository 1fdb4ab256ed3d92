package org.plumbline.model.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.util.List;
import org.plumbline.model.adapter.Adapter;
import org.plumbline.model.config.Role;
import org.plumbline.model.config.TransformerConfig;
import org.plumbline.model.engine.KernelScript;

/** What stands on top of the last hidden states. Axes: N rows, H hidden, V vocabulary. */
final class OutputHead {
  private final KernelScript kernels;
  private final TransformerConfig config;
  private final BaseWeights base;

  OutputHead(KernelScript kernels, TransformerConfig config, BaseWeights base) {
    this.kernels = kernels;
    this.config = config;
    this.base = base;
  }

  NDArray logits(NDManager scope, NDArray rows) {
    return kernels.one(scope, false, "logits", rows, base.head(), bias());
  }

  NDList logProbs(
      NDManager scope, NDArray rows, long[] targets, double temperature, boolean graph) {
    try (NDArray y = scope.create(targets)) {
      return kernels.call(
          scope, graph, "log_probs", rows, base.head(), bias(), y, temperature, chunk());
    }
  }

  NllResult nll(NDManager scope, NDArray rows, long[] targets, float[] weights, TokenLoss form) {
    NDArray y = scope.create(targets);
    NDArray w = scope.create(weights);
    NDList out =
        kernels.call(
            scope,
            "nll",
            rows,
            base.head(),
            bias(),
            y,
            w,
            form.dynamic(),
            form.smoothing(),
            base.trained(),
            chunk());
    return new NllResult(
        out.get(0).getFloat(),
        out.get(1).toFloatArray(),
        out.get(2).toFloatArray(),
        out.get(3),
        out.get(4),
        out.get(5));
  }

  private NDArray bias() {
    return base.outside(Role.LM_HEAD, true);
  }

  /** Rows of logits at once: about 64 MB of float32. */
  private int chunk() {
    return Math.max(16, (16 << 20) / config.vocabSize());
  }

  NDArray scoreHead(List<Adapter> active) {
    NDArray head = base.outside(Role.SCORE, false);
    for (Adapter adapter : active) {
      if (adapter.head().isPresent()) {
        head = adapter.head().get().value();
      }
    }
    if (head == base.empty()) {
      throw new IllegalStateException(
          "the model has no score head; needed: a *ForSequenceClassification folder or an adapter with one");
    }
    return head;
  }

  NDArray scores(NDManager scope, NDArray rows, List<Adapter> active, boolean graph) {
    NDArray pooler = base.outside(Role.POOLER, false, active);
    NDArray pooled =
        pooler == base.empty()
            ? rows
            : kernels.one(
                scope, graph, "pool", rows, pooler, base.outside(Role.POOLER, true, active));
    return kernels.one(
        scope, graph, "scores", pooled, scoreHead(active), base.outside(Role.SCORE, true));
  }
}
