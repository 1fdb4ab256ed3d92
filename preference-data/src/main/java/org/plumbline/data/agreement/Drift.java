package org.plumbline.data.agreement;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.apache.commons.math3.distribution.NormalDistribution;

/**
 * Whether an annotator changes over time: the share of labels that equal the consensus, in windows
 * of equal length, and the Cochran-Armitage test for a trend over them (Armitage 1955).
 *
 * @param windows share of right labels per window, the first window first
 * @param labels labels in all windows
 * @param p probability of so strong a trend by chance, two-sided; 1 where all windows are alike
 */
public record Drift(List<Double> windows, int labels, double p) {
  private static final int WINDOWS = 5;
  private static final int LEAST = 4;

  public Drift {
    windows = List.copyOf(windows);
  }

  /**
   * Over labels in the order of their time; those without one keep the order in which they came.
   *
   * @param right the category that each item is taken to have; others are left out
   */
  static Drift of(List<Labels.Label> given, Map<String, Integer> right) {
    List<Labels.Label> ordered =
        new ArrayList<>(given.stream().filter(label -> right.containsKey(label.item())).toList());
    if (ordered.stream().allMatch(label -> label.time().isPresent())) {
      ordered.sort(Comparator.comparing(label -> label.time().orElseThrow()));
    }
    int count = Math.min(WINDOWS, ordered.size() / LEAST);
    int[] sizes = new int[count];
    int[] hits = new int[count];
    for (int i = 0; i < ordered.size() && count > 0; i++) {
      int window = (int) ((long) i * count / ordered.size());
      sizes[window]++;
      Labels.Label label = ordered.get(i);
      hits[window] += right.getOrDefault(label.item(), -1) == label.category() ? 1 : 0;
    }
    List<Double> shares = new ArrayList<>();
    for (int w = 0; w < count; w++) {
      shares.add((double) hits[w] / sizes[w]);
    }
    return new Drift(shares, ordered.size(), trend(hits, sizes));
  }

  /**
   * Cochran-Armitage test with scores 0, 1, 2 …
   *
   * @param hits successes per window (W)
   * @param sizes trials per window (W)
   * @return two-sided p-value of the normal approximation
   */
  static double trend(int[] hits, int[] sizes) {
    double trials = 0;
    double successes = 0;
    double mean = 0;
    for (int w = 0; w < sizes.length; w++) {
      trials += sizes[w];
      successes += hits[w];
      mean += (double) w * sizes[w];
    }
    double share = successes / trials;
    double covariance = 0;
    double spread = 0;
    for (int w = 0; w < sizes.length; w++) {
      double score = w - mean / trials;
      covariance += score * (hits[w] - sizes[w] * share);
      spread += score * score * sizes[w];
    }
    double variance = share * (1 - share) * spread;
    if (!(variance > 0)) {
      return 1;
    }
    double z = Math.abs(covariance) / Math.sqrt(variance);
    return 2 * (1 - new NormalDistribution(null, 0, 1).cumulativeProbability(z));
  }
}
