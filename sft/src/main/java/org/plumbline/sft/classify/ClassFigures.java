package org.plumbline.sft.classify;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Accuracy, and F1 averaged over the classes that occur or are predicted: scikit-learn's {@code
 * f1_score(average="macro")}.
 */
final class ClassFigures {
  private ClassFigures() {}

  /** One row per pair of a true and a predicted class. */
  static Tally of(List<String> labels, List<String> gold, List<String> predicted) {
    int hit = 3 * labels.size();
    double[][] counts = new double[gold.size()][hit + 2];
    for (int row = 0; row < counts.length; row++) {
      int there = 3 * labels.indexOf(gold.get(row));
      int said = 3 * labels.indexOf(predicted.get(row));
      counts[row][there + 2]++;
      counts[row][said + 1]++;
      if (there == said) {
        counts[row][there]++;
        counts[row][hit]++;
      }
      counts[row][hit + 1]++;
    }
    Map<String, ToDoubleFunction<double[]>> figures = new LinkedHashMap<>();
    figures.put("accuracy", sum -> sum[hit] / sum[hit + 1]);
    figures.put("macro_f1", sum -> macro(sum, labels.size()));
    Map<String, Map<String, ToDoubleFunction<double[]>>> classes = new LinkedHashMap<>();
    for (int label = 0; label < labels.size(); label++) {
      classes.put(labels.get(label), Tally.ofClass(3 * label));
    }
    return new Tally(counts, figures, classes);
  }

  private static double macro(double[] sum, int classes) {
    double total = 0;
    int seen = 0;
    for (int label = 0; label < classes; label++) {
      if (sum[3 * label + 1] + sum[3 * label + 2] > 0) {
        total += Tally.f1(sum, 3 * label);
        seen++;
      }
    }
    return Tally.ratio(total, seen);
  }
}
