package org.plumbline.sft;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.plumbline.model.architecture.NllResult;
import org.plumbline.model.architecture.TokenBatch;
import org.plumbline.model.architecture.TransformerModel;
import org.plumbline.model.chat.EncodedDialogue;
import org.plumbline.model.lora.LoraAdapter;
import org.plumbline.model.tensor.Parameter;
import org.plumbline.training.Objective;

/**
 * Mean negative log-likelihood of the tokens that carry loss: Σ over them of −log p(y_t | y_&lt;t)
 * divided by their number in the whole step.
 */
final class LanguageModelObjective implements Objective<EncodedDialogue> {
  private final TransformerModel model;
  private final List<LoraAdapter> active;
  private final List<Parameter> parameters;
  private final double dropout;
  private final int rowsAtOnce;

  /**
   * Trains the last active adapter, or the base if there is none.
   *
   * @param active adapters that take part, in order
   */
  LanguageModelObjective(TransformerModel model, List<LoraAdapter> active, int rowsAtOnce) {
    this.model = model;
    this.active = active;
    this.rowsAtOnce = rowsAtOnce;
    if (active.isEmpty()) {
      this.parameters = model.parameters();
      this.dropout = 0;
    } else {
      LoraAdapter trained = active.get(active.size() - 1);
      this.parameters = trained.parameters();
      this.dropout = trained.config().dropout();
    }
  }

  @Override
  public List<Parameter> parameters() {
    return parameters;
  }

  /** Loss tokens of the row; the first token has nothing to predict it from. */
  @Override
  public double weight(EncodedDialogue row) {
    int count = 0;
    for (int t = 1; t < row.ids().length; t++) {
      count += row.loss()[t] ? 1 : 0;
    }
    return count;
  }

  @Override
  public int length(EncodedDialogue row) {
    return row.ids().length;
  }

  @Override
  public boolean concurrent() {
    return dropout == 0;
  }

  @Override
  public Part part(NDManager scope, List<EncodedDialogue> rows, double totalWeight, long seed) {
    if (dropout > 0) {
      model.carrier().seed(scope, seed);
    }
    Targets targets = Targets.of(rows);
    try (NDManager inner = model.newScope()) {
      NDArray picked = model.hidden(inner, targets.batch(), targets.index(), active, true, dropout);
      float[] weights = new float[targets.ids().length];
      java.util.Arrays.fill(weights, (float) (1 / totalWeight));
      NllResult loss = model.nll(inner, picked, targets.ids(), weights);
      List<NDArray> gradients =
          model.gradients(scope, List.of(picked), List.of(loss.rowGrad()), parameters);
      if (active.isEmpty()) {
        model.addHeadGradient(parameters, gradients, loss);
      }
      Map<String, Double> metrics = new LinkedHashMap<>();
      metrics.put("loss", sum(loss.tokenLosses()) / totalWeight);
      metrics.put("mean_token_accuracy", sum(loss.hits()) / totalWeight);
      return new Part(gradients, metrics);
    }
  }

  @Override
  public Map<String, Double> evaluate(List<EncodedDialogue> rows) {
    List<EncodedDialogue> sorted = new ArrayList<>(rows);
    sorted.sort(java.util.Comparator.comparingInt(row -> row.ids().length));
    List<List<EncodedDialogue>> batches = new ArrayList<>();
    for (int from = 0; from < sorted.size(); from += rowsAtOnce) {
      batches.add(sorted.subList(from, Math.min(from + rowsAtOnce, sorted.size())));
    }
    List<Sums> sums = model.lanes().map(batches, this::sums);
    double loss = sums.stream().mapToDouble(Sums::loss).sum();
    double hits = sums.stream().mapToDouble(Sums::hits).sum();
    long tokens = sums.stream().mapToLong(Sums::tokens).sum();
    Map<String, Double> means = new LinkedHashMap<>();
    means.put("loss", loss / tokens);
    means.put("perplexity", Math.exp(loss / tokens));
    means.put("mean_token_accuracy", hits / tokens);
    return means;
  }

  private record Sums(double loss, double hits, long tokens) {}

  private Sums sums(List<EncodedDialogue> batch) {
    Targets targets = Targets.of(batch);
    try (NDManager scope = model.newScope()) {
      NDArray picked = model.hidden(scope, targets.batch(), targets.index(), active, false, 0);
      NllResult result = model.nll(scope, picked, targets.ids(), new float[targets.ids().length]);
      return new Sums(sum(result.tokenLosses()), sum(result.hits()), targets.ids().length);
    }
  }

  private static double sum(float[] values) {
    double total = 0;
    for (float value : values) {
      total += value;
    }
    return total;
  }

  /**
   * A batch and its loss tokens.
   *
   * @param index flat positions that predict them
   * @param ids the tokens themselves
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Targets(TokenBatch batch, long[] index, long[] ids) {
    static Targets of(List<EncodedDialogue> rows) {
      TokenBatch batch = TokenBatch.of(rows.stream().map(EncodedDialogue::ids).toList());
      List<Long> index = new ArrayList<>();
      List<Long> ids = new ArrayList<>();
      for (int b = 0; b < rows.size(); b++) {
        EncodedDialogue row = rows.get(b);
        for (int t = 1; t < row.ids().length; t++) {
          if (row.loss()[t]) {
            index.add(batch.index(b, t - 1));
            ids.add((long) row.ids()[t]);
          }
        }
      }
      return new Targets(
          batch,
          index.stream().mapToLong(Long::longValue).toArray(),
          ids.stream().mapToLong(Long::longValue).toArray());
    }
  }
}
