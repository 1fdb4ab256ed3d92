package org.plumbline.sft.classify;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.plumbline.model.adapter.Adapter;
import org.plumbline.model.architecture.TokenBatch;
import org.plumbline.model.architecture.Trace;
import org.plumbline.model.architecture.TransformerModel;
import org.plumbline.model.config.Head;
import org.plumbline.model.tensor.Parameter;
import org.plumbline.training.Objective;

/** A {@link HeadLoss} over a model's head; the gradient of the scores is formed in Java. */
final class ClassifierObjective implements Objective<EncodedRow> {
  /** What scores of rows come to, by metric. */
  interface Figures {
    /**
     * Figures of the rows.
     *
     * @param scores per row (P, L), row-major
     */
    Map<String, Double> of(List<EncodedRow> rows, List<float[]> scores);
  }

  private final TransformerModel model;
  private final List<Adapter> active;
  private final List<Parameter> parameters;
  private final double dropout;
  private final HeadLoss loss;
  private final Figures figures;
  private final int rowsAtOnce;

  /**
   * Trains the active adapter, or the base if there is none.
   *
   * @param figures of an evaluation, beside the loss
   */
  ClassifierObjective(
      TransformerModel model,
      List<Adapter> active,
      HeadLoss loss,
      Figures figures,
      int rowsAtOnce) {
    this.model = model;
    this.active = active;
    this.parameters = active.isEmpty() ? model.parameters() : active.get(0).parameters();
    this.dropout = active.isEmpty() ? 0 : active.get(0).method().dropout();
    this.loss = loss;
    this.figures = figures;
    this.rowsAtOnce = rowsAtOnce;
  }

  @Override
  public List<Parameter> parameters() {
    return parameters;
  }

  @Override
  public double weight(EncodedRow row) {
    return loss.weight(row);
  }

  @Override
  public int length(EncodedRow row) {
    return row.ids().length;
  }

  @Override
  public boolean concurrent() {
    return dropout == 0;
  }

  @Override
  public Part part(NDManager scope, List<EncodedRow> rows, double totalWeight, long seed) {
    if (dropout > 0) {
      model.carrier().seed(scope, seed);
    }
    try (NDManager inner = model.newScope()) {
      TokenBatch batch = batch(rows);
      Trace trace = model.trace(inner, batch, index(batch, rows), active, dropout, false);
      NDArray scores = model.scores(inner, trace.rows(), active, true);
      float[] values = scores.toFloatArray();
      float[] gradient = new float[values.length];
      int outputs = (int) scores.getShape().get(1);
      double sum = 0;
      double hits = 0;
      int at = 0;
      for (EncodedRow row : rows) {
        int size = row.picks().length * outputs;
        HeadLoss.Result result = loss.of(row, Arrays.copyOfRange(values, at, at + size));
        for (int i = 0; i < size; i++) {
          gradient[at + i] = (float) (result.gradient()[i] / totalWeight);
        }
        sum += result.loss();
        hits += result.hits();
        at += size;
      }
      NDArray outer = inner.create(gradient, new Shape(scores.getShape().getShape()));
      List<NDArray> gradients = trace.gradients(scope, List.of(scores), List.of(outer), parameters);
      Map<String, Double> metrics = new LinkedHashMap<>();
      metrics.put("loss", sum / totalWeight);
      metrics.put("accuracy", hits / totalWeight);
      return new Part(gradients, metrics);
    }
  }

  @Override
  public Map<String, Double> evaluate(List<EncodedRow> rows) {
    List<float[]> scores = scores(rows);
    double sum = 0;
    double weight = 0;
    for (int i = 0; i < rows.size(); i++) {
      sum += loss.of(rows.get(i), scores.get(i)).loss();
      weight += loss.weight(rows.get(i));
    }
    Map<String, Double> means = new LinkedHashMap<>();
    means.put("loss", sum / weight);
    means.putAll(figures.of(rows, scores));
    return means;
  }

  /** What the head scores, row by row (P, L), without dropout. */
  List<float[]> scores(List<EncodedRow> rows) {
    List<Integer> order =
        IntStream.range(0, rows.size())
            .boxed()
            .sorted(Comparator.comparingInt(i -> rows.get(i).ids().length))
            .toList();
    List<List<Integer>> batches = new ArrayList<>();
    for (int from = 0; from < order.size(); from += rowsAtOnce) {
      batches.add(order.subList(from, Math.min(from + rowsAtOnce, order.size())));
    }
    float[][] found = new float[rows.size()][];
    List<List<float[]>> parts =
        model.lanes().map(batches, batch -> batchScores(batch.stream().map(rows::get).toList()));
    for (int b = 0; b < batches.size(); b++) {
      for (int i = 0; i < batches.get(b).size(); i++) {
        found[batches.get(b).get(i)] = parts.get(b).get(i);
      }
    }
    return List.of(found);
  }

  private List<float[]> batchScores(List<EncodedRow> rows) {
    try (NDManager scope = model.newScope()) {
      TokenBatch batch = batch(rows);
      NDArray hidden = model.hidden(scope, batch, index(batch, rows), active);
      NDArray scores = model.scores(scope, hidden, active, false);
      int outputs = (int) scores.getShape().get(1);
      float[] values = scores.toFloatArray();
      List<float[]> split = new ArrayList<>();
      int at = 0;
      for (EncodedRow row : rows) {
        int size = row.picks().length * outputs;
        split.add(Arrays.copyOfRange(values, at, at + size));
        at += size;
      }
      return split;
    }
  }

  private static TokenBatch batch(List<EncodedRow> rows) {
    TokenBatch plain = TokenBatch.of(rows.stream().map(EncodedRow::ids).toList());
    return rows.get(0).types().length == 0
        ? plain
        : plain.withTypes(rows.stream().map(EncodedRow::types).toList());
  }

  private long[] index(TokenBatch batch, List<EncodedRow> rows) {
    IntStream all = IntStream.range(0, rows.size());
    if (model.config().head() == Head.SEQUENCE_CLASSIFICATION) {
      return all.mapToLong(b -> model.scoreIndex(batch, b)).toArray();
    }
    return all.boxed()
        .flatMapToLong(b -> Arrays.stream(rows.get(b).picks()).mapToLong(t -> batch.index(b, t)))
        .toArray();
  }
}
