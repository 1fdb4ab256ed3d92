package org.plumbline.reward;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.plumbline.model.adapter.Adapter;
import org.plumbline.model.architecture.TokenBatch;
import org.plumbline.model.architecture.Trace;
import org.plumbline.model.architecture.TransformerModel;
import org.plumbline.model.tensor.Parameter;
import org.plumbline.training.Objective;

/** {@link BradleyTerry} over the head's score at the last token of each answer. */
final class PairwiseObjective implements Objective<EncodedPair> {
  private final TransformerModel model;
  private final List<Adapter> active;
  private final List<Parameter> parameters;
  private final double dropout;
  private final double centering;
  private final boolean margins;
  private final int pairsAtOnce;

  PairwiseObjective(TransformerModel model, List<Adapter> active, RewardConfig config) {
    this.model = model;
    this.active = active;
    this.parameters =
        active.isEmpty() ? model.parameters() : active.get(active.size() - 1).parameters();
    this.dropout = active.isEmpty() ? 0 : active.get(active.size() - 1).method().dropout();
    this.centering = config.centerRewards();
    this.margins = config.useMargin();
    this.pairsAtOnce = config.training().rowsAtOnce();
  }

  @Override
  public List<Parameter> parameters() {
    return parameters;
  }

  @Override
  public double weight(EncodedPair row) {
    return 1;
  }

  @Override
  public int length(EncodedPair row) {
    return Math.max(row.chosen().length, row.rejected().length);
  }

  @Override
  public boolean concurrent() {
    return dropout == 0;
  }

  @Override
  public Part part(NDManager scope, List<EncodedPair> rows, double totalWeight, long seed) {
    if (dropout > 0) {
      model.carrier().seed(scope, seed);
    }
    try (NDManager inner = model.newScope()) {
      TokenBatch batch = batch(rows);
      Trace trace = model.trace(inner, batch, last(batch), active, dropout, false);
      NDArray scores = model.scores(inner, trace.rows(), active, true);
      double[] values = doubles(scores);
      BradleyTerry.Result result = loss(values, rows, totalWeight);
      int n = rows.size();
      float[] grad = new float[2 * n];
      for (int i = 0; i < n; i++) {
        grad[i] = (float) result.chosenGrad()[i];
        grad[n + i] = (float) result.rejectedGrad()[i];
      }
      NDArray outer = inner.create(grad, new Shape(2L * n, 1));
      List<NDArray> gradients = trace.gradients(scope, List.of(scores), List.of(outer), parameters);
      Map<String, Double> metrics = new LinkedHashMap<>();
      metrics.put("loss", result.loss());
      metrics.put("accuracy", result.accuracy());
      metrics.put("margin", result.margin());
      double sum = 0;
      for (double value : values) {
        sum += value;
      }
      metrics.put("mean_reward", sum / 2 / totalWeight);
      return new Part(gradients, metrics);
    }
  }

  @Override
  public Map<String, Double> evaluate(List<EncodedPair> rows) {
    double loss = 0;
    double correct = 0;
    double margin = 0;
    for (BradleyTerry.Result result : model.lanes().map(parts(rows), this::sums)) {
      loss += result.loss();
      correct += result.accuracy();
      margin += result.margin();
    }
    Map<String, Double> means = new LinkedHashMap<>();
    means.put("loss", loss / rows.size());
    means.put("accuracy", correct / rows.size());
    means.put("margin", margin / rows.size());
    return means;
  }

  private BradleyTerry.Result sums(List<EncodedPair> part) {
    try (NDManager scope = model.newScope()) {
      TokenBatch batch = batch(part);
      NDArray hidden = model.hidden(scope, batch, last(batch), active);
      return loss(doubles(model.scores(scope, hidden, active, false)), part, 1);
    }
  }

  private List<List<EncodedPair>> parts(List<EncodedPair> rows) {
    List<EncodedPair> sorted = new ArrayList<>(rows);
    sorted.sort(Comparator.comparingInt(this::length));
    List<List<EncodedPair>> parts = new ArrayList<>();
    for (int from = 0; from < sorted.size(); from += pairsAtOnce) {
      parts.add(sorted.subList(from, Math.min(from + pairsAtOnce, sorted.size())));
    }
    return parts;
  }

  private BradleyTerry.Result loss(double[] scores, List<EncodedPair> rows, double denominator) {
    int n = rows.size();
    double[] margin = rows.stream().mapToDouble(row -> margins ? row.margin() : 0).toArray();
    return BradleyTerry.loss(
        java.util.Arrays.copyOf(scores, n),
        java.util.Arrays.copyOfRange(scores, n, 2 * n),
        margin,
        centering,
        denominator);
  }

  /** All chosen, then all rejected answers: 2N rows. */
  private static TokenBatch batch(List<EncodedPair> rows) {
    List<int[]> ids = new ArrayList<>();
    rows.forEach(row -> ids.add(row.chosen()));
    rows.forEach(row -> ids.add(row.rejected()));
    return TokenBatch.of(ids);
  }

  /** The positions that score. */
  private long[] last(TokenBatch batch) {
    long[] last = new long[batch.rows()];
    java.util.Arrays.setAll(last, b -> model.scoreIndex(batch, b));
    return last;
  }

  private static double[] doubles(NDArray scores) {
    float[] values = scores.toFloatArray();
    double[] wide = new double[values.length];
    java.util.Arrays.setAll(wide, i -> values[i]);
    return wide;
  }
}
