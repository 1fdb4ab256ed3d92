package org.plumbline.feedback;

import java.util.List;
import java.util.Locale;

/**
 * One order in which a question was asked.
 *
 * @param order {@code ab} as the question stands, {@code ba} with the answers swapped
 * @param outcome in terms of the question as it stands, whatever the order
 * @param replies the judge's words, unchanged: one reply, or two when it was asked again
 */
public record Asked(String order, Outcome outcome, List<String> replies) {
  public Asked {
    replies = List.copyOf(replies);
  }

  /** The answer it chose by position: true first, false second; meaningful for A and B only. */
  boolean choseFirst() {
    return (outcome == Outcome.A) == order.equals("ab");
  }

  Asked swapped() {
    String other = new StringBuilder(order).reverse().toString().toLowerCase(Locale.ROOT);
    return new Asked(other, outcome.swapped(), replies);
  }
}
