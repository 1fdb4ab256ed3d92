package org.plumbline.data.world;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import org.plumbline.data.PreferencePair;
import org.plumbline.data.world.language.Words;
import org.plumbline.data.world.truth.TruthScorer;

/**
 * Lines beside a reward model's accuracy; all on the clean held-out pairs, but for the ceiling.
 *
 * @param chance a coin
 * @param keywordRule polite words less rude words; equal counts are half right
 * @param bagOfWords logistic regression on the words of the replies, fitted to the noisy pairs
 * @param bayesCeiling best accuracy against labels that carry the annotators' noise
 * @param oracle the truth itself
 */
public record Baselines(
    double chance, double keywordRule, double bagOfWords, double bayesCeiling, double oracle) {
  private static final Set<String> POLITE =
      Set.of("thank", "please", "sorry", "welcome", "dear", "happy", "enjoy", "nice", "wish");
  private static final Set<String> RUDE =
      Set.of("silly", "fool", "pest", "away", "alone", "bother", "problem", "stop", "oh", "out");

  /**
   * Measures the lines.
   *
   * @param train pairs with noisy labels
   * @param test clean pairs
   * @param labelNoise share of flipped labels in {@code train}
   */
  public static Baselines measure(
      List<PreferencePair> train, List<PreferencePair> test, double labelNoise, TruthScorer truth) {
    BagOfWords bag = BagOfWords.fit(train);
    return new Baselines(
        0.5,
        accuracy(test, pair -> keywords(pair.chosen()) - keywords(pair.rejected())),
        accuracy(test, pair -> bag.score(pair.chosen()) - bag.score(pair.rejected())),
        1 - labelNoise,
        accuracy(
            test,
            pair ->
                truth.score(pair.prompt().id(), pair.chosen()).q()
                    - truth.score(pair.prompt().id(), pair.rejected()).q()));
  }

  /** The lines as JSON-ready values. */
  public Map<String, Object> toJson() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("chance", chance);
    json.put("keyword_rule", keywordRule);
    json.put("bag_of_words", bagOfWords);
    json.put("bayes_ceiling_noisy_labels", bayesCeiling);
    json.put("oracle", oracle);
    return json;
  }

  private static double accuracy(
      List<PreferencePair> pairs, ToDoubleFunction<PreferencePair> difference) {
    return pairs.stream()
        .mapToDouble(difference)
        .map(d -> d > 0 ? 1 : d < 0 ? 0 : 0.5)
        .average()
        .orElse(0.5);
  }

  private static int keywords(String reply) {
    List<String> words = Words.of(reply);
    long polite = words.stream().filter(POLITE::contains).count();
    long rude = words.stream().filter(RUDE::contains).count();
    return Math.toIntExact(polite - rude);
  }
}
