package org.plumbline.model.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.util.List;
import java.util.Optional;
import org.plumbline.model.adapter.Adapter;
import org.plumbline.model.config.Role;
import org.plumbline.model.config.TensorLayout;
import org.plumbline.model.config.TensorRef;
import org.plumbline.model.config.TransformerConfig;
import org.plumbline.model.engine.KernelScript;
import org.plumbline.model.tensor.Parameter;

/** What stands on top of the last hidden states. Axes: N rows, H hidden, V vocabulary. */
final class OutputHead {
  private final KernelScript kernels;
  private final TransformerConfig config;
  private final BaseWeights base;
  private final Optional<TensorRef> ref;

  OutputHead(KernelScript kernels, TransformerConfig config, BaseWeights base) {
    this.kernels = kernels;
    this.config = config;
    this.base = base;
    this.ref = TensorLayout.outputHead(config);
  }

  /** The head's matrix: an adapter's own, the base's own, or the base's embeddings if tied. */
  NDArray weight(List<Adapter> active) {
    return ref.flatMap(head -> BaseWeights.whole(head, active))
        .map(Parameter::value)
        .orElseGet(
            () -> {
              NDArray own = base.outside(Role.LM_HEAD, false);
              return own == base.empty() ? base.outside(Role.TOKEN_EMBEDDING, false) : own;
            });
  }

  /** The trained tensor behind {@link #weight}; empty where that is frozen. */
  Optional<Parameter> parameter(List<Adapter> active) {
    return ref.flatMap(head -> BaseWeights.whole(head, active))
        .or(() -> base.parameter(Role.LM_HEAD, false))
        .or(() -> base.parameter(Role.TOKEN_EMBEDDING, false));
  }

  /** The final norm's weight and bias, the head as it multiplies, its bias: for a session. */
  List<NDArray> last(NDManager scope, TunedWeights outside) {
    NDArray head = kernels.one(scope, false, "fuse", List.of(weight(outside.active())), false);
    return List.of(
        outside.outside(Role.FINAL_NORM, false),
        outside.outside(Role.FINAL_NORM, true),
        kernels.one(scope, false, "head_weight", head, head),
        bias());
  }

  NDArray logits(NDManager scope, NDArray rows, List<Adapter> active) {
    return kernels.one(scope, false, "logits", rows, weight(active), bias());
  }

  NDList logProbs(
      NDManager scope,
      NDArray rows,
      long[] targets,
      List<Adapter> active,
      double temperature,
      boolean graph) {
    try (NDArray y = scope.create(targets)) {
      return kernels.call(
          scope, graph, "log_probs", rows, weight(active), bias(), y, temperature, chunk());
    }
  }

  NllResult nll(
      NDManager scope,
      NDArray rows,
      long[] targets,
      float[] weights,
      List<Adapter> active,
      TokenLoss form) {
    NDArray y = scope.create(targets);
    NDArray w = scope.create(weights);
    NDList out =
        kernels.call(
            scope,
            "nll",
            rows,
            weight(active),
            bias(),
            y,
            w,
            form.dynamic(),
            form.smoothing(),
            parameter(active).isPresent(),
            chunk());
    return new NllResult(
        out.get(0).getFloat(),
        out.get(1).toFloatArray(),
        out.get(2).toFloatArray(),
        out.get(3),
        out.get(4),
        out.get(5));
  }

  /** As {@link TransformerModel#addHeadGradient}. */
  void addGradient(
      List<Parameter> parameters, List<NDArray> gradients, NllResult loss, List<Adapter> active) {
    for (int at = 0; at < parameters.size(); at++) {
      NDArray value = parameters.get(at).value();
      List<NDArray> into = List.of(gradients.get(at));
      if (parameter(active).filter(p -> p.value() == value).isPresent()) {
        base.carrier().add(into, List.of(loss.headGrad()));
      }
      if (base.parameter(Role.LM_HEAD, true).filter(p -> p.value() == value).isPresent()) {
        base.carrier().add(into, List.of(loss.biasGrad()));
      }
    }
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
