package org.plumbline.feedback;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * What came of a labelling run.
 *
 * @param prompts prompts that got two answers
 * @param identical prompts whose two answers were equal: not asked
 * @param asked pairs put to the judge
 * @param labelled pairs with a winner
 * @param ties verdicts that neither is better, disagreement of the two orders included
 * @param none pairs without a verdict
 * @param positionBias share of the pairs answered in both orders in which the same position won
 *     twice
 * @param longerWins share of the labelled pairs, answers of equal length left out, in which the
 *     longer answer won
 * @param promptTokens tokens read by the judge for these verdicts, cached ones included
 * @param completionTokens tokens it wrote
 * @param cost their price
 */
public record AiFeedbackMetrics(
    int prompts,
    int identical,
    int asked,
    int labelled,
    int ties,
    int none,
    double positionBias,
    double longerWins,
    long promptTokens,
    long completionTokens,
    double cost) {
  static AiFeedbackMetrics of(int prompts, List<AnswerPair> pairs, List<Verdict> verdicts) {
    Usage usage = verdicts.stream().map(Verdict::usage).reduce(Usage.NOTHING, Usage::plus);
    int ties = count(verdicts, v -> v.outcome() == Outcome.TIE);
    int none = count(verdicts, v -> v.outcome() == Outcome.NONE);
    int swapped = count(verdicts, v -> v.orders().size() == 2 && v.outcome() != Outcome.NONE);
    int longer = 0;
    int unequal = 0;
    for (int i = 0; i < pairs.size(); i++) {
      int lead = pairs.get(i).answerA().length() - pairs.get(i).answerB().length();
      Outcome winner = verdicts.get(i).outcome();
      if (lead != 0 && (winner == Outcome.A || winner == Outcome.B)) {
        unequal++;
        longer += (lead > 0) == (winner == Outcome.A) ? 1 : 0;
      }
    }
    return new AiFeedbackMetrics(
        prompts,
        prompts - pairs.size(),
        pairs.size(),
        pairs.size() - ties - none,
        ties,
        none,
        share(count(verdicts, Verdict::followsPosition), swapped),
        share(longer, unequal),
        usage.promptTokens(),
        usage.completionTokens(),
        verdicts.stream().mapToDouble(Verdict::cost).sum());
  }

  private static int count(List<Verdict> verdicts, Predicate<Verdict> test) {
    return (int) verdicts.stream().filter(test).count();
  }

  private static double share(int part, int whole) {
    return whole == 0 ? 0 : (double) part / whole;
  }

  /** The figures under their snake_case names, for the manifest. */
  Map<String, Object> summary() {
    Map<String, Object> summary = new LinkedHashMap<>();
    summary.put("prompts", prompts);
    summary.put("identical", identical);
    summary.put("asked", asked);
    summary.put("labelled", labelled);
    summary.put("ties", ties);
    summary.put("none", none);
    summary.put("position_bias", positionBias);
    summary.put("longer_wins", longerWins);
    summary.put("prompt_tokens", promptTokens);
    summary.put("completion_tokens", completionTokens);
    summary.put("cost", cost);
    return summary;
  }
}
