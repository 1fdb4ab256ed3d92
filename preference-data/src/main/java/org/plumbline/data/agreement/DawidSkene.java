package org.plumbline.data.agreement;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * True categories and annotators' errors at once, by expectation maximisation (Dawid and Skene
 * 1979). Counts start at a small constant, so that a rare annotator has no certainty.
 */
public final class DawidSkene {
  private static final double SMOOTHING = 0.1;
  private static final double CONVERGED = 1e-9;
  private static final int MOST_ROUNDS = 500;

  private final int categories;
  private final List<String> items;
  private final List<int[]> annotatorsOf = new ArrayList<>();
  private final List<int[]> labelsOf = new ArrayList<>();
  private final List<String> annotators;
  private final double[][] posterior;
  private final double[] prior;
  private final double[][][] confusion;

  private DawidSkene(Labels labels) {
    categories = labels.categories();
    annotators = List.copyOf(labels.annotators());
    items = List.copyOf(labels.byItem().keySet());
    Map<String, Integer> index = new LinkedHashMap<>();
    annotators.forEach(name -> index.put(name, index.size()));
    for (List<Labels.Label> item : labels.byItem().values()) {
      annotatorsOf.add(item.stream().mapToInt(label -> index.get(label.annotator())).toArray());
      labelsOf.add(item.stream().mapToInt(Labels.Label::category).toArray());
    }
    posterior = new double[items.size()][categories];
    prior = new double[categories];
    confusion = new double[annotators.size()][categories][categories];
  }

  /** Fits the model, starting at the shares of the votes. */
  public static DawidSkene fit(Labels labels) {
    DawidSkene model = new DawidSkene(labels);
    model.vote();
    double change = 1;
    for (int round = 0; round < MOST_ROUNDS && change > CONVERGED; round++) {
      model.maximise();
      change = model.expect();
    }
    return model;
  }

  private void vote() {
    for (int i = 0; i < posterior.length; i++) {
      for (int label : labelsOf.get(i)) {
        posterior[i][label] += 1.0 / labelsOf.get(i).length;
      }
    }
  }

  /** Shares of the categories, and what each annotator says of each. */
  private void maximise() {
    Arrays.fill(prior, SMOOTHING);
    for (double[][] rows : confusion) {
      for (double[] row : rows) {
        Arrays.fill(row, SMOOTHING);
      }
    }
    for (int i = 0; i < posterior.length; i++) {
      for (int k = 0; k < categories; k++) {
        prior[k] += posterior[i][k];
        for (int l = 0; l < labelsOf.get(i).length; l++) {
          confusion[annotatorsOf.get(i)[l]][k][labelsOf.get(i)[l]] += posterior[i][k];
        }
      }
    }
    normalise(prior);
    for (double[][] rows : confusion) {
      for (double[] row : rows) {
        normalise(row);
      }
    }
  }

  /** Probabilities of the true categories; returns the largest change. */
  private double expect() {
    double change = 0;
    for (int i = 0; i < posterior.length; i++) {
      double[] logs = new double[categories];
      double most = Double.NEGATIVE_INFINITY;
      for (int k = 0; k < categories; k++) {
        logs[k] = Math.log(prior[k]);
        for (int l = 0; l < labelsOf.get(i).length; l++) {
          logs[k] += Math.log(confusion[annotatorsOf.get(i)[l]][k][labelsOf.get(i)[l]]);
        }
        most = Math.max(most, logs[k]);
      }
      for (int k = 0; k < categories; k++) {
        logs[k] = Math.exp(logs[k] - most);
      }
      normalise(logs);
      for (int k = 0; k < categories; k++) {
        change = Math.max(change, Math.abs(logs[k] - posterior[i][k]));
        posterior[i][k] = logs[k];
      }
    }
    return change;
  }

  private static void normalise(double[] values) {
    double sum = Arrays.stream(values).sum();
    for (int k = 0; k < values.length; k++) {
      values[k] /= sum;
    }
  }

  /** Probability of each true category by item; each row sums to 1. */
  public Map<String, double[]> consensus() {
    Map<String, double[]> consensus = new LinkedHashMap<>();
    for (int i = 0; i < posterior.length; i++) {
      consensus.put(items.get(i), posterior[i].clone());
    }
    return consensus;
  }

  /**
   * Weight of each annotator: the probability of naming the true category, items being as frequent
   * as the model finds them.
   */
  public Map<String, Double> weights() {
    Map<String, Double> weights = new LinkedHashMap<>();
    for (int a = 0; a < annotators.size(); a++) {
      double right = 0;
      for (int k = 0; k < categories; k++) {
        right += prior[k] * confusion[a][k][k];
      }
      weights.put(annotators.get(a), right);
    }
    return weights;
  }

  /** The most probable category of each item. */
  public Map<String, Integer> winners() {
    Map<String, Integer> winners = new LinkedHashMap<>();
    consensus()
        .forEach(
            (item, shares) -> {
              int best = 0;
              for (int k = 1; k < shares.length; k++) {
                best = shares[k] > shares[best] ? k : best;
              }
              winners.put(item, best);
            });
    return winners;
  }
}
