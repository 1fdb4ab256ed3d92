package org.plumbline.evaluation.statistics;

import java.util.Arrays;
import java.util.function.ToDoubleFunction;
import org.apache.commons.math3.stat.descriptive.rank.Percentile;
import org.apache.commons.math3.stat.descriptive.rank.Percentile.EstimationType;
import org.apache.commons.rng.UniformRandomProvider;
import org.plumbline.stage.RandomStreams;

/**
 * Percentile bootstrap (Efron 1979) over prompts. Several replies to one prompt are one unit, drawn
 * together; a difference of two models is taken within each drawn unit, which pairs them.
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
    int[] units = new int[n];
    for (int draw = 0; draw < resamples; draw++) {
      UniformRandomProvider random = RandomStreams.of(seed, "evaluation.bootstrap", draw);
      Arrays.setAll(units, i -> random.nextInt(n));
      draws[draw] = statistic.applyAsDouble(units);
    }
    draws = Arrays.stream(draws).filter(Double::isFinite).toArray();
    if (draws.length == 0) {
      return new Interval(value, Double.NaN, Double.NaN, n);
    }
    Percentile percentile = new Percentile().withEstimationType(EstimationType.R_7);
    percentile.setData(draws);
    return new Interval(value, percentile.evaluate(2.5), percentile.evaluate(97.5), n);
  }

  private static double sum(double[] values, int[] units) {
    double sum = 0;
    for (int unit : units) {
      sum += values[unit];
    }
    return sum;
  }
}
