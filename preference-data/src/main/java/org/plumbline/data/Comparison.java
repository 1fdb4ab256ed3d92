package org.plumbline.data;

import java.util.ArrayList;
import java.util.List;

/**
 * What a judgement says of two answers, whatever the order in which they were shown.
 *
 * @param item the same for every judgement of these two answers to this prompt
 * @param order -1 where the first of the two in the item's own order is better, 0 for a tie, 1 for
 *     the second
 * @param shownFirstWon whether the answer that was shown first is better; false for ties
 * @param inOrder whether the answers were shown in the item's own order
 */
public record Comparison(String item, int order, boolean shownFirstWon, boolean inOrder) {
  /** Every two answers of a ranking; empty for judgements that order nothing. */
  public static List<Comparison> of(Preference preference) {
    List<Comparison> comparisons = new ArrayList<>();
    List<Integer> ranks = preference.judgement().ranks();
    String prompt = ContentHash.of(preference.prompt().messages());
    List<String> hashes =
        ranks.isEmpty()
            ? List.of()
            : preference.answers().stream().map(answer -> ContentHash.of(answer.turns())).toList();
    for (int i = 0; i < ranks.size(); i++) {
      for (int j = i + 1; j < ranks.size(); j++) {
        int shown = Integer.compare(ranks.get(i), ranks.get(j));
        boolean kept = hashes.get(i).compareTo(hashes.get(j)) <= 0;
        String item =
            prompt + (kept ? hashes.get(i) + hashes.get(j) : hashes.get(j) + hashes.get(i));
        comparisons.add(new Comparison(item, kept ? shown : -shown, shown < 0, kept));
      }
    }
    return comparisons;
  }
}
