package org.plumbline.data.agreement;

import java.util.OptionalDouble;

/**
 * Agreement of many annotators beyond chance (Fleiss 1971), and with equal chances for all
 * categories (Randolph 2005). Items may have different numbers of labels; those with fewer than two
 * say nothing.
 */
public final class FleissKappa {
  private FleissKappa() {}

  /**
   * Fleiss' kappa.
   *
   * @param counts labels per item and category (N, K)
   * @return 1 for full agreement, 0 for chance; empty where no item has two labels, or one category
   *     has them all
   */
  public static OptionalDouble of(int[][] counts) {
    double[] totals = new double[counts.length == 0 ? 0 : counts[0].length];
    double all = 0;
    for (int[] item : counts) {
      if (sum(item) >= 2) {
        for (int k = 0; k < item.length; k++) {
          totals[k] += item[k];
          all += item[k];
        }
      }
    }
    double chance = 0;
    for (double total : totals) {
      chance += all == 0 ? 0 : (total / all) * (total / all);
    }
    return beyond(counts, chance);
  }

  /** Randolph's free-marginal kappa: chance is one in K. */
  public static OptionalDouble free(int[][] counts) {
    return beyond(counts, counts.length == 0 ? 1 : 1.0 / counts[0].length);
  }

  /** Mean share of agreeing pairs of labels per item; empty where no item has two labels. */
  public static OptionalDouble observed(int[][] counts) {
    double agreed = 0;
    int items = 0;
    for (int[] item : counts) {
      int labels = sum(item);
      if (labels >= 2) {
        items++;
        double pairs = 0;
        for (int count : item) {
          pairs += (double) count * (count - 1);
        }
        agreed += pairs / ((double) labels * (labels - 1));
      }
    }
    return items == 0 ? OptionalDouble.empty() : OptionalDouble.of(agreed / items);
  }

  private static OptionalDouble beyond(int[][] counts, double chance) {
    OptionalDouble observed = observed(counts);
    return observed.isEmpty() || chance > 1 - 1e-12
        ? OptionalDouble.empty()
        : OptionalDouble.of((observed.getAsDouble() - chance) / (1 - chance));
  }

  private static int sum(int[] values) {
    int sum = 0;
    for (int value : values) {
      sum += value;
    }
    return sum;
  }
}
