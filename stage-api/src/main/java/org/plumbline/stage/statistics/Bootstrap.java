package org.plumbline.stage.statistics;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.apache.commons.math3.stat.descriptive.rank.Percentile;
import org.apache.commons.math3.stat.descriptive.rank.Percentile.EstimationType;
import org.apache.commons.rng.UniformRandomProvider;
import org.plumbline.stage.RandomStreams;

/**
 * Percentile bootstrap (Efron 1979) over independent units, such as prompts. Several replies to one
 * prompt are one unit, drawn together; a difference of two models is taken within each drawn unit,
 * which pairs them.
 *
 * @param resamples draws of n units from n
 */
public record Bootstrap(long seed, int resamples) {
  public Bootstrap {
    if (resamples < 1) {
      throw new IllegalArgumentException("resamples=" + resamples + " must be positive");
    }
  }

  /** The mean of one value per prompt. */
  public Interval mean(double[] values) {
    return of(values.length, units -> sum(values, units) / units.length);
  }

  /** The mean of second − first, paired by prompt. */
  public Interval difference(double[] first, double[] second) {
    if (first.length != second.length) {
      throw new IllegalArgumentException(
          "paired values must be as many: %d and %d".formatted(first.length, second.length));
    }
    double[] differences = new double[first.length];
    for (int i = 0; i < first.length; i++) {
      differences[i] = second[i] - first[i];
    }
    return mean(differences);
  }

  /** The mean over all values, where the values of a cluster (a prompt) are drawn together. */
  public Interval clustered(double[][] clusters) {
    return of(
        clusters.length,
        units -> {
          double sum = 0;
          int count = 0;
          for (int unit : units) {
            sum += Arrays.stream(clusters[unit]).sum();
            count += clusters[unit].length;
          }
          return sum / count;
        });
  }

  /**
   * The mean over two crossed factors, such as seeds and the prompts that all of them share; both
   * are drawn anew, independently of each other (Owen 2007, the pigeonhole bootstrap).
   *
   * @param values per seed one value per prompt, in the same order
   */
  public Interval crossed(double[][] values) {
    int prompts = values[0].length;
    double[] draws = new double[resamples];
    for (int draw = 0; draw < resamples; draw++) {
      UniformRandomProvider random = RandomStreams.of(seed, "evaluation.bootstrap.seeds", draw);
      int[] units = units(prompts, draw);
      double sum = 0;
      for (int i = 0; i < values.length; i++) {
        sum += sum(values[random.nextInt(values.length)], units);
      }
      draws[draw] = sum / ((double) values.length * prompts);
    }
    int[] all = new int[prompts];
    Arrays.setAll(all, i -> i);
    double mean =
        Arrays.stream(values).mapToDouble(row -> sum(row, all)).sum()
            / ((double) values.length * prompts);
    return interval(mean, draws, prompts);
  }

  /**
   * Any statistic of drawn units.
   *
   * @param statistic takes indexes of units, each possibly several times, and gives a number; NaN
   *     where the draw leaves it undefined, which passes that draw over
   */
  public Interval of(int n, ToDoubleFunction<int[]> statistic) {
    int[] all = new int[n];
    Arrays.setAll(all, i -> i);
    double value = n == 0 ? Double.NaN : statistic.applyAsDouble(all);
    if (Double.isNaN(value)) {
      return new Interval(Double.NaN, Double.NaN, Double.NaN, n);
    }
    double[] draws = new double[resamples];
    for (int draw = 0; draw < resamples; draw++) {
      draws[draw] = statistic.applyAsDouble(units(n, draw));
    }
    return interval(value, draws, n);
  }

  /**
   * Statistics of what units add up to, such as an F1 of counts; all see the same draws.
   *
   * @param counts per unit the same counters
   * @param statistics by name, of the sum of the drawn units' counters; NaN as in {@link #of}
   */
  public Map<String, Interval> ofSums(
      double[][] counts, Map<String, ToDoubleFunction<double[]>> statistics) {
    int n = counts.length;
    double[] total = sum(counts, IntStream.range(0, n).toArray());
    Map<String, double[]> draws = new LinkedHashMap<>();
    statistics.keySet().forEach(name -> draws.put(name, new double[resamples]));
    for (int draw = 0; draw < resamples && n > 0; draw++) {
      double[] drawn = sum(counts, units(n, draw));
      int at = draw;
      draws.forEach((name, values) -> values[at] = known(statistics, name).applyAsDouble(drawn));
    }
    Map<String, Interval> intervals = new LinkedHashMap<>();
    draws.forEach(
        (name, values) -> {
          double value = n == 0 ? Double.NaN : known(statistics, name).applyAsDouble(total);
          intervals.put(name, interval(value, values, n));
        });
    return intervals;
  }

  private static ToDoubleFunction<double[]> known(
      Map<String, ToDoubleFunction<double[]>> statistics, String name) {
    return Objects.requireNonNull(statistics.get(name), name);
  }

  private int[] units(int n, int draw) {
    UniformRandomProvider random = RandomStreams.of(seed, "evaluation.bootstrap", draw);
    int[] units = new int[n];
    Arrays.setAll(units, i -> random.nextInt(n));
    return units;
  }

  private static Interval interval(double value, double[] draws, int n) {
    double[] finite = Arrays.stream(draws).filter(Double::isFinite).toArray();
    if (Double.isNaN(value) || finite.length == 0) {
      return new Interval(value, Double.NaN, Double.NaN, n);
    }
    Percentile percentile = new Percentile().withEstimationType(EstimationType.R_7);
    percentile.setData(finite);
    return new Interval(value, percentile.evaluate(2.5), percentile.evaluate(97.5), n);
  }

  private static double[] sum(double[][] counts, int[] units) {
    double[] sum = new double[counts.length == 0 ? 0 : counts[0].length];
    for (int unit : units) {
      for (int i = 0; i < sum.length; i++) {
        sum[i] += counts[unit][i];
      }
    }
    return sum;
  }

  private static double sum(double[] values, int[] units) {
    double sum = 0;
    for (int unit : units) {
      sum += values[unit];
    }
    return sum;
  }
}
