package org.plumbline.sft;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.plumbline.model.adapter.Adapter;
import org.plumbline.model.architecture.NllResult;
import org.plumbline.model.architecture.TokenLoss;
import org.plumbline.model.architecture.Trace;
import org.plumbline.model.architecture.TransformerModel;
import org.plumbline.model.chat.EncodedDialogue;
import org.plumbline.model.config.Experts;
import org.plumbline.model.tensor.Parameter;
import org.plumbline.training.Objective;

/**
 * Mean negative log-likelihood of the tokens that carry loss: Σ over them of −log p(y_t | y_&lt;t)
 * divided by their number in the whole step.
 *
 * <p>A mixture of experts whose config asks for it adds its load-balancing loss times its
 * coefficient. That loss is not a sum over tokens: over several parts of a step it is the mean of
 * the parts' losses, weighted by their loss tokens.
 */
final class LanguageModelObjective implements Objective<EncodedDialogue> {
  private final TransformerModel model;
  private final List<Adapter> active;
  private final List<Parameter> parameters;
  private final double dropout;
  private final BatchOptions options;
  private final double balance;

  /**
   * Trains the last active adapter, or the base if there is none; each sequence is a row.
   *
   * @param active adapters that take part, in order
   */
  LanguageModelObjective(TransformerModel model, List<Adapter> active, int rowsAtOnce) {
    this(model, active, BatchOptions.plain(rowsAtOnce));
  }

  /** Trains the last active adapter, or the base if there is none. */
  LanguageModelObjective(TransformerModel model, List<Adapter> active, BatchOptions options) {
    this.model = model;
    this.active = active;
    this.options = options;
    this.balance = model.config().experts().map(Experts::balanceCoefficient).orElse(0.0);
    if (active.isEmpty()) {
      this.parameters = model.parameters();
      this.dropout = 0;
    } else {
      Adapter trained = active.get(active.size() - 1);
      this.parameters = trained.parameters();
      this.dropout = trained.method().dropout();
    }
  }

  @Override
  public List<Parameter> parameters() {
    return parameters;
  }

  /** Loss tokens of the row; the first token has nothing to predict it from. */
  @Override
  public double weight(EncodedDialogue row) {
    return lossTokens(row);
  }

  /** Tokens of a sequence that are learned: those with loss, but for the first of all. */
  static int lossTokens(EncodedDialogue row) {
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

  /** Packed, a part is so many packed rows. */
  @Override
  public List<List<EncodedDialogue>> parts(List<EncodedDialogue> rows, int rowsAtOnce) {
    if (options.packTo() == 0) {
      return Objective.super.parts(rows, rowsAtOnce);
    }
    return batches(laidOut(rows), rowsAtOnce).stream()
        .map(part -> part.stream().flatMap(List::stream).toList())
        .toList();
  }

  /** The sequences of each row. */
  private List<List<EncodedDialogue>> laidOut(List<EncodedDialogue> sequences) {
    return options.packTo() == 0
        ? sequences.stream().map(List::of).toList()
        : RowPacking.rows(sequences, this::length, options.packTo());
  }

  private static <T> List<List<T>> batches(List<T> rows, int size) {
    List<List<T>> batches = new ArrayList<>();
    for (int from = 0; from < rows.size(); from += size) {
      batches.add(rows.subList(from, Math.min(from + size, rows.size())));
    }
    return batches;
  }

  @Override
  public Part part(NDManager scope, List<EncodedDialogue> rows, double totalWeight, long seed) {
    if (dropout > 0) {
      model.carrier().seed(scope, seed);
    }
    LossTargets targets = LossTargets.ofRows(laidOut(rows));
    double share = targets.ids().length / totalWeight;
    try (NDManager inner = model.newScope()) {
      Trace trace =
          model.trace(inner, targets.batch(), targets.index(), active, dropout, balance > 0);
      List<NDArray> outputs = new ArrayList<>(List.of(trace.rows()));
      trace.balance().ifPresent(outputs::add);
      float[] weights = new float[targets.ids().length];
      Arrays.fill(weights, (float) (1 / totalWeight));
      NllResult loss =
          model.nll(inner, outputs.get(0), targets.ids(), weights, active, options.loss());
      List<NDArray> outputGrads = new ArrayList<>(List.of(loss.rowGrad()));
      Map<String, Double> metrics = new LinkedHashMap<>();
      double nll = sum(loss.tokenLosses()) / totalWeight;
      boolean plain = options.loss().equals(TokenLoss.NLL);
      metrics.put("loss", plain ? nll : loss.loss());
      if (!plain) {
        metrics.put("nll", nll);
      }
      metrics.put("mean_token_accuracy", sum(loss.hits()) / totalWeight);
      if (!options.endIds().isEmpty()) {
        metrics.put("eos_trained", (double) targets.count(options.endIds()));
      }
      if (balance > 0) {
        outputGrads.add(inner.create((float) (balance * share)));
        metrics.put("balance_loss", share * outputs.get(1).getFloat());
      }
      List<NDArray> gradients = trace.gradients(scope, outputs, outputGrads, parameters);
      model.addHeadGradient(parameters, gradients, loss, active);
      return new Part(gradients, metrics);
    }
  }

  @Override
  public Map<String, Double> evaluate(List<EncodedDialogue> rows) {
    List<EncodedDialogue> sorted = new ArrayList<>(rows);
    sorted.sort(Comparator.comparingInt(row -> row.ids().length));
    List<List<List<EncodedDialogue>>> batches = batches(laidOut(sorted), options.rowsAtOnce());
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

  private Sums sums(List<List<EncodedDialogue>> batch) {
    LossTargets targets = LossTargets.ofRows(batch);
    try (NDManager scope = model.newScope()) {
      NllResult result = targets.losses(model, scope, active);
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
}
