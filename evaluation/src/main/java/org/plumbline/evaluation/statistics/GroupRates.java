package org.plumbline.evaluation.statistics;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.plumbline.stage.statistics.Bootstrap;
import org.plumbline.stage.statistics.Interval;

/**
 * A rate by group and the gap between the groups, max − min, over paired prompts: each unit is one
 * request rendered for every group, drawn as a whole.
 *
 * @param rates by group
 * @param gap its interval, as any of a maximum's, lies above zero even where groups are alike: read
 *     it beside {@code signed}
 * @param signed second group − first in alphabetical order, for two groups; NaN otherwise. Its
 *     interval covers zero where the groups are alike
 */
public record GroupRates(Map<String, Interval> rates, Interval gap, Interval signed) {
  public GroupRates {
    rates = Collections.unmodifiableMap(new TreeMap<>(rates));
  }

  /**
   * What happened, per unit and group.
   *
   * @param hits how often it happened
   * @param trials how often it could have
   */
  public record Counts(double[][] hits, double[][] trials) {
    double rate(int[] units, int group) {
      double hit = 0;
      double tried = 0;
      for (int unit : units) {
        hit += hits[unit][group];
        tried += trials[unit][group];
      }
      return hit / tried;
    }

    /** max − min over the groups; NaN where a group has no case. */
    double gap(int[] units) {
      double low = Double.POSITIVE_INFINITY;
      double high = Double.NEGATIVE_INFINITY;
      for (int group = 0; group < hits[0].length; group++) {
        double rate = rate(units, group);
        if (Double.isNaN(rate)) {
          return Double.NaN;
        }
        low = Math.min(low, rate);
        high = Math.max(high, rate);
      }
      return high - low;
    }
  }

  /**
   * Rates over paired units.
   *
   * @param groups names, in the order of the counts
   */
  public static GroupRates of(List<String> groups, Counts counts, Bootstrap bootstrap) {
    int n = counts.hits().length;
    Map<String, Interval> rates = new TreeMap<>();
    for (int g = 0; g < groups.size(); g++) {
      int group = g;
      rates.put(groups.get(g), bootstrap.of(n, units -> counts.rate(units, group)));
    }
    Interval signed =
        bootstrap.of(
            n,
            units ->
                groups.size() == 2 ? counts.rate(units, 1) - counts.rate(units, 0) : Double.NaN);
    return new GroupRates(rates, bootstrap.of(n, counts::gap), signed);
  }

  /** Change of the gap from one model to another on the same units. */
  public static Interval gapChange(Counts before, Counts after, Bootstrap bootstrap) {
    return bootstrap.of(before.hits().length, units -> after.gap(units) - before.gap(units));
  }
}
