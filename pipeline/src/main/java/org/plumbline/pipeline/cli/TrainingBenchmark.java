package org.plumbline.pipeline.cli;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.plumbline.model.adapter.Adapter;
import org.plumbline.model.adapter.Lora;
import org.plumbline.model.architecture.NllResult;
import org.plumbline.model.architecture.TokenBatch;
import org.plumbline.model.architecture.Trace;
import org.plumbline.model.architecture.TransformerModel;
import org.plumbline.model.generation.SequenceScorer;
import org.plumbline.model.generation.SequenceScorer.Sequence;
import org.plumbline.model.tensor.Parameter;
import org.plumbline.training.Optimizer;
import org.plumbline.training.OptimizerConfig;
import org.plumbline.training.OptimizerKind;

/** A LoRA step of rank 16 on all linear layers: forward, loss on every token, backward, AdamW. */
final class TrainingBenchmark {
  private TrainingBenchmark() {}

  static Benchmark of(TransformerModel base, int batch, int length, OptimizerKind kind) {
    Adapter adapter = base.addAdapter("bench", Lora.of(16, 32, 0, List.of(Lora.ALL_LINEAR)), 0, 0);
    List<Parameter> parameters = adapter.parameters();
    Optimizer rule = new Optimizer(OptimizerConfig.of(kind), base.newScope(), parameters);
    List<int[]> rows = Benchmark.randomRows(base, batch, length);
    TokenBatch tokens = TokenBatch.of(rows);
    List<Sequence> sequences = rows.stream().map(ids -> new Sequence(ids, 1)).toList();
    long[] index = SequenceScorer.predictors(sequences, tokens);
    long[] targets = SequenceScorer.targets(sequences);
    float[] weights = new float[targets.length];
    Arrays.fill(weights, 1f / targets.length);
    Map<String, Object> seen = new LinkedHashMap<>();
    Runnable step =
        () -> {
          try (NDManager scope = base.newScope()) {
            Trace trace = base.trace(scope, tokens, index, List.of(adapter), 0, false);
            NllResult loss = base.nll(scope, trace.rows(), targets, weights, List.of(adapter));
            List<NDArray> gradients =
                trace.gradients(scope, List.of(trace.rows()), List.of(loss.rowGrad()), parameters);
            seen.put("loss", loss.loss());
            seen.put("least_layer_gradient", leastLayer(base, adapter, parameters, gradients));
            rule.step(gradients, 1e-4);
          }
        };
    return new Benchmark((double) batch * length, Map.of("sft", step), seen);
  }

  /** Norm of the gradient of the layer where it is least. */
  private static double leastLayer(
      TransformerModel base, Adapter adapter, List<Parameter> parameters, List<NDArray> gradients) {
    double[] squares = base.carrier().squareSums(gradients);
    double least = Double.POSITIVE_INFINITY;
    for (int layer = 0; layer < base.config().layers(); layer++) {
      List<Parameter> inside = adapter.parameters(layer);
      double sum = 0;
      for (int i = 0; i < squares.length; i++) {
        sum += inside.contains(parameters.get(i)) ? squares[i] : 0;
      }
      least = Math.min(least, Math.sqrt(sum));
    }
    return least;
  }
}
