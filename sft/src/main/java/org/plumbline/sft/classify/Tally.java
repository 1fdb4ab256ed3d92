package org.plumbline.sft.classify;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import org.plumbline.stage.statistics.Bootstrap;
import org.plumbline.stage.statistics.Interval;

/**
 * Counts of each row, and the figures that are functions of their sums, so that a bootstrap over
 * rows need not look at the rows again.
 *
 * @param counts the same counters for each row
 * @param figures by name, of the summed counters
 * @param classes per class its figures by name; empty where there are no classes
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier of numbers, never compared
record Tally(
    double[][] counts,
    Map<String, ToDoubleFunction<double[]>> figures,
    Map<String, Map<String, ToDoubleFunction<double[]>>> classes) {
  /** The figures over all rows. */
  Map<String, Double> values() {
    double[] sum = sum();
    Map<String, Double> values = new LinkedHashMap<>();
    figures.forEach((name, figure) -> values.put(name, figure.applyAsDouble(sum)));
    return values;
  }

  /** The figures with their intervals. */
  Map<String, Interval> intervals(Bootstrap bootstrap) {
    return bootstrap.ofSums(counts, figures);
  }

  /** Each class's figures with their intervals. */
  Map<String, Map<String, Interval>> classIntervals(Bootstrap bootstrap) {
    Map<String, ToDoubleFunction<double[]>> flat = new LinkedHashMap<>();
    classes.forEach(
        (label, own) -> own.forEach((name, figure) -> flat.put(name + "/" + label, figure)));
    Map<String, Interval> found = bootstrap.ofSums(counts, flat);
    Map<String, Map<String, Interval>> all = new LinkedHashMap<>();
    classes.forEach(
        (label, own) -> {
          Map<String, Interval> of = new LinkedHashMap<>();
          own.keySet()
              .forEach(name -> of.put(name, Objects.requireNonNull(found.get(name + "/" + label))));
          all.put(label, of);
        });
    return all;
  }

  private double[] sum() {
    double[] sum = new double[counts[0].length];
    for (double[] row : counts) {
      for (int i = 0; i < sum.length; i++) {
        sum[i] += row[i];
      }
    }
    return sum;
  }

  /** A ratio whose empty denominator makes it 0, as scikit-learn and seqeval have it. */
  static double ratio(double numerator, double denominator) {
    return denominator == 0 ? 0 : numerator / denominator;
  }

  /**
   * Precision, recall, F1 and support of one class from three counters; NaN where the class neither
   * occurs nor is predicted.
   *
   * @param right counter of right predictions, followed by that of predictions and of occurrences
   */
  static Map<String, ToDoubleFunction<double[]>> ofClass(int right) {
    Map<String, ToDoubleFunction<double[]>> figures = new LinkedHashMap<>();
    figures.put("precision", sum -> known(sum, right, ratio(sum[right], sum[right + 1])));
    figures.put("recall", sum -> known(sum, right, ratio(sum[right], sum[right + 2])));
    figures.put("f1", sum -> known(sum, right, f1(sum, right)));
    figures.put("support", sum -> sum[right + 2]);
    return figures;
  }

  private static double known(double[] sum, int right, double value) {
    return sum[right + 1] + sum[right + 2] == 0 ? Double.NaN : value;
  }

  /** 2 · right / (predicted + there). */
  static double f1(double[] sum, int right) {
    return ratio(2 * sum[right], sum[right + 1] + sum[right + 2]);
  }
}
