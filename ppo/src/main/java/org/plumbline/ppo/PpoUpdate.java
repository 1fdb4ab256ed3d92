package org.plumbline.ppo;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.plumbline.model.architecture.TokenBatch;
import org.plumbline.model.architecture.Trace;
import org.plumbline.model.architecture.TransformerModel;
import org.plumbline.model.engine.Lanes;
import org.plumbline.model.generation.SequenceScorer;
import org.plumbline.model.generation.SequenceScorer.Sequence;
import org.plumbline.model.safetensors.DType;
import org.plumbline.stage.RandomStreams;
import org.plumbline.training.GradientClipping;
import org.plumbline.training.ParameterUpdates;
import org.plumbline.training.Schedule;

/** Epochs of clipped updates over one rollout. */
final class PpoUpdate {
  private final PpoConfig config;
  private final Agent agent;
  private final ParameterUpdates updates;
  private final Schedule schedule;
  private final long seed;

  PpoUpdate(PpoConfig config, Agent agent, ParameterUpdates updates, Schedule schedule, long seed) {
    this.config = config;
    this.agent = agent;
    this.updates = updates;
    this.schedule = schedule;
    this.seed = seed;
  }

  /** Metrics averaged over all minibatches of all epochs. */
  Map<String, Double> run(Rollout rollout, Gae.Targets targets, long update) {
    Map<String, Double> sums = new LinkedHashMap<>();
    int count = 0;
    for (int epoch = 0; epoch < config.epochs(); epoch++) {
      int[] order =
          RandomStreams.permutation(
              rollout.scores().length, RandomStreams.of(seed, "ppo.minibatches", update, epoch));
      for (int m = 0; m < config.minibatches(); m++) {
        int size = config.minibatchSize();
        int[] rows = Arrays.copyOfRange(order, m * size, (m + 1) * size);
        Map<String, Double> metrics = step(rollout, targets, rows);
        if (epoch == 0 && m == 0) {
          requireSameRatio(metrics, update);
        }
        metrics.forEach((name, value) -> sums.merge(name, value, Double::sum));
        count++;
      }
    }
    int n = count;
    sums.replaceAll((name, value) -> value / n);
    double ratio = sums.getOrDefault("val/ratio", Double.NaN);
    double squares = sums.getOrDefault("ratio_square", Double.NaN);
    sums.remove("ratio_square");
    sums.put("val/ratio_var", Math.max(0, squares - ratio * ratio));
    return sums;
  }

  /** Checklist 24: sampling and update see the same policy at the first minibatch. */
  private void requireSameRatio(Map<String, Double> metrics, long update) {
    double rootMeanSquare = Math.sqrt(2 * metrics.getOrDefault("policy/approxkl_avg", Double.NaN));
    double bound = agent.policy().model().options().compute() == DType.F32 ? 1e-4 : 5e-2;
    if (!(rootMeanSquare <= bound)) {
      throw new IllegalStateException(
          "update %d starts with a log ratio of %.2g per token where 0 is needed (bound %.0e); sampling and update disagree about the policy"
              .formatted(update + 1, rootMeanSquare, bound));
    }
  }

  /** One optimizer step on these rows, computed in parts of like length. */
  private Map<String, Double> step(Rollout rollout, Gae.Targets targets, int[] rows) {
    double tokens = Arrays.stream(rows).mapToLong(b -> rollout.logProbs()[b].length).sum();
    Map<String, Double> metrics = new LinkedHashMap<>();
    try (NDManager policyScope = agent.policy().model().newScope();
        NDManager valueScope = agent.valueModel().newScope()) {
      List<NDArray> policySum = List.of();
      List<NDArray> valueSum = List.of();
      List<int[]> parts = parts(rollout, rows);
      Lanes lanes = agent.policy().model().lanes();
      for (int from = 0; from < parts.size(); from += lanes.width()) {
        // Policy and value model are two independent passes over each part.
        List<Supplier<Pass>> passes = new ArrayList<>();
        for (int[] part : parts.subList(from, Math.min(parts.size(), from + lanes.width()))) {
          passes.add(() -> policy(policyScope, rollout, targets, part, tokens));
          passes.add(() -> value(valueScope, rollout, targets, part, tokens));
        }
        List<Pass> done = lanes.map(passes, Supplier::get);
        for (int i = 0; i < done.size(); i += 2) {
          policySum = add(policySum, done.get(i).gradients());
          valueSum = add(valueSum, done.get(i + 1).gradients());
        }
        done.forEach(
            pass ->
                pass.metrics().forEach((name, value) -> metrics.merge(name, value, Double::sum)));
      }
      List<NDArray> gradients = new ArrayList<>(policySum);
      gradients.addAll(valueSum);
      double rate = schedule.rate(updates.steps());
      double penalty = updates.addPenalty(gradients);
      if (penalty > 0) {
        metrics.put("loss/orthogonality", penalty);
      }
      metrics.put(
          "grad_norm",
          GradientClipping.clip(agent.policy().model().carrier(), gradients, config.maxGradNorm()));
      metrics.put("lr", rate);
      updates.step(gradients, rate);
    }
    return metrics;
  }

  /** Gradients of one model on one part, and its shares of the step's metrics. */
  private record Pass(List<NDArray> gradients, Map<String, Double> metrics) {}

  private List<NDArray> add(List<NDArray> sum, List<NDArray> more) {
    if (sum.isEmpty()) {
      return more;
    }
    agent.policy().model().carrier().add(sum, more);
    more.forEach(NDArray::close);
    return sum;
  }

  private List<int[]> parts(Rollout rollout, int[] rows) {
    int size = config.microBatchSize() > 0 ? config.microBatchSize() : rows.length;
    int[] sorted = rows;
    if (size < rows.length) {
      sorted =
          Arrays.stream(rows)
              .boxed()
              .sorted(Comparator.comparingInt(b -> rollout.sequences().get(b).ids().length))
              .mapToInt(Integer::intValue)
              .toArray();
    }
    List<int[]> parts = new ArrayList<>();
    for (int from = 0; from < sorted.length; from += size) {
      parts.add(Arrays.copyOfRange(sorted, from, Math.min(from + size, sorted.length)));
    }
    return parts;
  }

  private Pass policy(
      NDManager scope, Rollout rollout, Gae.Targets targets, int[] rows, double tokens) {
    TransformerModel model = agent.policy().model();
    List<Sequence> batch = pick(rollout.sequences(), rows);
    try (NDManager inner = model.newScope()) {
      TokenBatch ids = TokenBatch.of(batch.stream().map(Sequence::ids).toList());
      long[] index = SequenceScorer.predictors(batch, ids);
      Trace trace = model.trace(inner, ids, index, agent.policyActive(), 0, false);
      NDList out =
          model.logProbs(
              inner,
              trace.rows(),
              SequenceScorer.targets(batch),
              agent.policyActive(),
              config.temperature(),
              true);
      PolicyLoss.Result loss =
          PolicyLoss.of(
              rows(out.get(0).toFloatArray(), batch),
              pick(rollout.logProbs(), rows),
              pick(targets.advantages(), rows),
              pick(rollout.mask(), rows),
              config.clipRange(),
              tokens);
      double entropy = 0;
      for (float value : out.get(1).toFloatArray()) {
        entropy += value;
      }
      Map<String, Double> metrics = new LinkedHashMap<>();
      metrics.put("loss/policy_avg", loss.loss());
      metrics.put("policy/clipfrac_avg", loss.clipFraction());
      metrics.put("policy/approxkl_avg", loss.approxKl());
      metrics.put("policy/entropy_avg", entropy / tokens);
      metrics.put("val/ratio", loss.ratio());
      metrics.put("ratio_square", loss.ratioSquare());
      NDArray grad = inner.create(flat(loss.grad(), 1));
      return new Pass(
          trace.gradients(scope, List.of(out.get(0)), List.of(grad), agent.adapter().parameters()),
          metrics);
    }
  }

  private Pass value(
      NDManager scope, Rollout rollout, Gae.Targets targets, int[] rows, double tokens) {
    TransformerModel model = agent.valueModel();
    List<Sequence> batch = pick(rollout.sequences(), rows);
    try (NDManager inner = model.newScope()) {
      TokenBatch ids = TokenBatch.of(batch.stream().map(Sequence::ids).toList());
      long[] index = SequenceScorer.predictors(batch, ids);
      Trace trace = model.trace(inner, ids, index, agent.valueActive(), 0, false);
      NDArray scores = model.scores(inner, trace.rows(), agent.valueActive(), true);
      ValueLoss.Result loss =
          ValueLoss.of(
              rows(scores.toFloatArray(), batch),
              pick(rollout.values(), rows),
              pick(targets.returns(), rows),
              pick(rollout.mask(), rows),
              config.valueClipRange(),
              tokens);
      Map<String, Double> metrics = new LinkedHashMap<>();
      metrics.put("loss/value_avg", loss.loss());
      metrics.put("val/clipfrac_avg", loss.clipFraction());
      float[] flat = flat(loss.grad(), config.valueCoefficient());
      NDArray grad = inner.create(flat, new Shape(flat.length, 1));
      return new Pass(
          trace.gradients(scope, List.of(scores), List.of(grad), agent.valueAdapter().parameters()),
          metrics);
    }
  }

  private static List<Sequence> pick(List<Sequence> all, int[] rows) {
    return Arrays.stream(rows).mapToObj(all::get).toList();
  }

  private static double[][] pick(double[][] all, int[] rows) {
    return Arrays.stream(rows).mapToObj(b -> all[b]).toArray(double[][]::new);
  }

  private static boolean[][] pick(boolean[][] all, int[] rows) {
    return Arrays.stream(rows).mapToObj(b -> all[b]).toArray(boolean[][]::new);
  }

  private static double[][] rows(float[] flat, List<Sequence> batch) {
    double[][] rows = new double[batch.size()][];
    int at = 0;
    for (int b = 0; b < rows.length; b++) {
      rows[b] = new double[batch.get(b).length()];
      for (int t = 0; t < rows[b].length; t++) {
        rows[b][t] = flat[at++];
      }
    }
    return rows;
  }

  private static float[] flat(double[][] rows, double factor) {
    float[] flat = new float[Arrays.stream(rows).mapToInt(row -> row.length).sum()];
    int at = 0;
    for (double[] row : rows) {
      for (double value : row) {
        flat[at++] = (float) (value * factor);
      }
    }
    return flat;
  }
}
