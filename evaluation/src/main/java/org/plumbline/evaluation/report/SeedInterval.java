package org.plumbline.evaluation.report;

import java.util.Arrays;
import org.apache.commons.math3.distribution.TDistribution;
import org.apache.commons.math3.stat.descriptive.moment.Mean;
import org.apache.commons.math3.stat.descriptive.moment.StandardDeviation;
import org.plumbline.stage.statistics.Interval;

/** 95 % intervals over few seeds: Student's t. */
final class SeedInterval {
  private SeedInterval() {}

  /** The mean of one number per seed; without ends where there is one seed. */
  static Interval mean(double[] values) {
    double mean = new Mean().evaluate(values);
    if (values.length < 2) {
      return new Interval(mean, Double.NaN, Double.NaN, values.length);
    }
    double quantile = new TDistribution(values.length - 1.0).inverseCumulativeProbability(0.975);
    double half = quantile * new StandardDeviation().evaluate(values) / Math.sqrt(values.length);
    return new Interval(mean, mean - half, mean + half, values.length);
  }

  /** The geometric mean of one ratio per seed, from the mean of logarithms. */
  static Interval ratio(double[] ratios) {
    Interval logs = mean(Arrays.stream(ratios).map(Math::log).toArray());
    return new Interval(
        Math.exp(logs.value()), Math.exp(logs.low()), Math.exp(logs.high()), logs.n());
  }
}
