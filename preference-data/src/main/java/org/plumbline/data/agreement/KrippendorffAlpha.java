package org.plumbline.data.agreement;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;

/**
 * Krippendorff's alpha: 1 - observed / expected disagreement, for any number of annotators, gaps
 * and four levels of measurement (Krippendorff, Computing Krippendorff's Alpha-Reliability, 2011).
 */
public final class KrippendorffAlpha {
  private KrippendorffAlpha() {}

  /** What the distance of two values means. */
  public enum Level {
    /** Equal or not. */
    NOMINAL,
    /** How many values lie between. */
    ORDINAL,
    /** Squared difference. */
    INTERVAL,
    /** Squared difference relative to the sum. */
    RATIO;

    /** Spelling in files. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * Alpha.
   *
   * @param items the values that each item got, from whomever; items with fewer than two say
   *     nothing
   * @return empty where no item has two values, or all values are equal
   */
  public static OptionalDouble of(Iterable<List<Double>> items, Level level) {
    TreeMap<Double, Double> totals = new TreeMap<>();
    Map<Double, Map<Double, Double>> coincidences = new HashMap<>();
    double all = 0;
    for (List<Double> values : items) {
      if (values.size() < 2) {
        continue;
      }
      all += values.size();
      for (double value : values) {
        totals.merge(value, 1.0, Double::sum);
      }
      count(values, coincidences);
    }
    Distance distance = new Distance(level, totals);
    double observed = 0;
    double expected = 0;
    for (double first : totals.keySet()) {
      for (double second : totals.keySet()) {
        if (first < second) {
          double apart = distance.squared(first, second);
          observed += 2 * coincidence(coincidences, first, second) * apart;
          expected += 2 * distance.total(first) * distance.total(second) / (all - 1) * apart;
        }
      }
    }
    return expected == 0 ? OptionalDouble.empty() : OptionalDouble.of(1 - observed / expected);
  }

  private static double coincidence(
      Map<Double, Map<Double, Double>> coincidences, double first, double second) {
    return coincidences.getOrDefault(first, Map.of()).getOrDefault(second, 0.0);
  }

  /** Ordered pairs of values within an item, each item in all counting as many as its values. */
  private static void count(List<Double> values, Map<Double, Map<Double, Double>> coincidences) {
    Map<Double, Integer> counts = new TreeMap<>();
    values.forEach(value -> counts.merge(value, 1, Integer::sum));
    List<Map.Entry<Double, Integer>> distinct = List.copyOf(counts.entrySet());
    for (Map.Entry<Double, Integer> one : distinct) {
      for (Map.Entry<Double, Integer> other : distinct) {
        int pairs =
            one.getValue() * (other.getValue() - (one.getKey().equals(other.getKey()) ? 1 : 0));
        coincidences
            .computeIfAbsent(one.getKey(), value -> new HashMap<>())
            .merge(other.getKey(), (double) pairs / (values.size() - 1), Double::sum);
      }
    }
  }

  /** Squared distances of values, given how often each occurs. */
  private record Distance(Level level, TreeMap<Double, Double> totals) {
    double total(double value) {
      return totals.getOrDefault(value, 0.0);
    }

    double squared(double lower, double upper) {
      return switch (level) {
        case NOMINAL -> 1;
        case INTERVAL -> (upper - lower) * (upper - lower);
        case RATIO -> Math.pow((upper - lower) / (upper + lower), 2);
        case ORDINAL -> {
          double between =
              totals.subMap(lower, true, upper, true).values().stream()
                  .mapToDouble(Double::doubleValue)
                  .sum();
          yield Math.pow(between - (total(lower) + total(upper)) / 2, 2);
        }
      };
    }
  }
}
