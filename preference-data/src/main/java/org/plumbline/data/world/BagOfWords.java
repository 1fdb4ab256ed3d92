package org.plumbline.data.world;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.plumbline.data.PreferencePair;
import org.plumbline.data.world.language.Words;

/**
 * A reward that is linear in word counts: logistic regression on the difference of the two replies'
 * counts, with an L2 penalty, by gradient descent over all pairs. Words of the prompt cancel.
 */
public final class BagOfWords {
  private static final int STEPS = 300;
  private static final double LEARNING_RATE = 1.0;
  private static final double PENALTY = 1e-3;

  private final Map<String, Integer> index;
  private final double[] weights;

  private BagOfWords(Map<String, Integer> index, double[] weights) {
    this.index = index;
    this.weights = weights;
  }

  /** Fits the chosen replies above the rejected ones. */
  public static BagOfWords fit(List<PreferencePair> pairs) {
    Map<String, Integer> index = new HashMap<>();
    for (PreferencePair pair : pairs) {
      Words.of(pair.chosen()).forEach(word -> index.putIfAbsent(word, index.size()));
      Words.of(pair.rejected()).forEach(word -> index.putIfAbsent(word, index.size()));
    }
    BagOfWords bag = new BagOfWords(index, new double[index.size()]);
    int[][] chosen = pairs.stream().map(p -> bag.indices(p.chosen())).toArray(int[][]::new);
    int[][] rejected = pairs.stream().map(p -> bag.indices(p.rejected())).toArray(int[][]::new);
    for (int step = 0; step < STEPS; step++) {
      bag.descend(chosen, rejected);
    }
    return bag;
  }

  /** The reward of a reply, in log-odds; unknown words count nothing. */
  public double score(String reply) {
    return sum(indices(reply));
  }

  private void descend(int[][] chosen, int[][] rejected) {
    double[] gradient = new double[weights.length];
    for (int i = 0; i < chosen.length; i++) {
      double push = 1 / (1 + Math.exp(sum(chosen[i]) - sum(rejected[i]))) / chosen.length;
      for (int word : chosen[i]) {
        gradient[word] += push;
      }
      for (int word : rejected[i]) {
        gradient[word] -= push;
      }
    }
    for (int j = 0; j < weights.length; j++) {
      weights[j] += LEARNING_RATE * (gradient[j] - PENALTY * weights[j]);
    }
  }

  private double sum(int[] words) {
    double sum = 0;
    for (int word : words) {
      sum += weights[word];
    }
    return sum;
  }

  private int[] indices(String reply) {
    return Words.of(reply).stream()
        .filter(index::containsKey)
        .mapToInt(word -> index.getOrDefault(word, 0))
        .toArray();
  }
}
