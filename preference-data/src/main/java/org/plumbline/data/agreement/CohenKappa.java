package org.plumbline.data.agreement;

import java.util.OptionalDouble;

/** Agreement of two annotators beyond chance (Cohen 1960, unweighted). */
public final class CohenKappa {
  private CohenKappa() {}

  /**
   * Kappa.
   *
   * @param first categories from 0, one per item (N)
   * @param second the other's, of the same items (N)
   * @return 1 for full agreement, 0 for chance; empty without items, or where both only ever used
   *     one and the same category
   */
  public static OptionalDouble of(int[] first, int[] second) {
    if (first.length != second.length) {
      throw new IllegalArgumentException(
          "%d and %d labels; both annotators must label the same items"
              .formatted(first.length, second.length));
    }
    int categories = 0;
    for (int i = 0; i < first.length; i++) {
      categories = Math.max(categories, 1 + Math.max(first[i], second[i]));
    }
    double[] shareFirst = new double[categories];
    double[] shareSecond = new double[categories];
    double agreed = 0;
    for (int i = 0; i < first.length; i++) {
      shareFirst[first[i]] += 1.0 / first.length;
      shareSecond[second[i]] += 1.0 / first.length;
      agreed += first[i] == second[i] ? 1.0 / first.length : 0;
    }
    double chance = 0;
    for (int k = 0; k < categories; k++) {
      chance += shareFirst[k] * shareSecond[k];
    }
    return first.length == 0 || chance > 1 - 1e-12
        ? OptionalDouble.empty()
        : OptionalDouble.of((agreed - chance) / (1 - chance));
  }
}
