package org.plumbline.feedback;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/**
 * A judge's view of one question.
 *
 * @param outcome a, b, tie, or none: no verdict
 * @param probabilityA probability that answer A is better, from the judge's token
 *     log-probabilities; empty where it gives none
 * @param orders every order asked, with the raw text of the replies
 * @param usage tokens of all replies behind this verdict, cached ones included
 * @param cost price of that usage
 */
public record Verdict(
    Outcome outcome, OptionalDouble probabilityA, List<Asked> orders, Usage usage, double cost) {
  public Verdict {
    orders = List.copyOf(orders);
  }

  /** The verdict on the swapped question. */
  Verdict swapped() {
    return new Verdict(
        outcome.swapped(),
        probabilityA.isPresent() ? OptionalDouble.of(1 - probabilityA.getAsDouble()) : probabilityA,
        orders.stream().map(Asked::swapped).toList(),
        usage,
        cost);
  }

  /** This verdict and another on the same question: agreement, else a tie; none beats all. */
  Verdict and(Verdict other) {
    List<Asked> both = new ArrayList<>(orders);
    both.addAll(other.orders);
    boolean known = probabilityA.isPresent() && other.probabilityA.isPresent();
    return new Verdict(
        agreed(other.outcome),
        known
            ? OptionalDouble.of((probabilityA.getAsDouble() + other.probabilityA.getAsDouble()) / 2)
            : OptionalDouble.empty(),
        both,
        usage.plus(other.usage),
        cost + other.cost);
  }

  private Outcome agreed(Outcome other) {
    if (outcome == Outcome.NONE || other == Outcome.NONE) {
      return Outcome.NONE;
    }
    return outcome == other ? outcome : Outcome.TIE;
  }

  /**
   * Probability that A is better where there is a verdict: the judge's own, else the share of the
   * orders won, a tie counting half.
   */
  public OptionalDouble preferenceForA() {
    if (outcome == Outcome.NONE || probabilityA.isPresent()) {
      return outcome == Outcome.NONE ? OptionalDouble.empty() : probabilityA;
    }
    return orders.stream().mapToDouble(asked -> asked.outcome().scoreOfA()).average();
  }

  /** True if both orders were answered and the same position won each time: position bias. */
  public boolean followsPosition() {
    return orders.size() == 2
        && orders.stream().allMatch(a -> a.outcome() == Outcome.A || a.outcome() == Outcome.B)
        && orders.get(0).choseFirst() == orders.get(1).choseFirst();
  }
}
