package org.plumbline.feedback;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** A verdict as JSON keys of a row. */
final class VerdictRows {
  private VerdictRows() {}

  /** Adds {@code verdict, probability_a, orders, prompt_tokens, completion_tokens, cost}. */
  static void put(ObjectNode row, Verdict verdict) {
    row.put("verdict", verdict.outcome().label());
    verdict
        .preferenceForA()
        .ifPresentOrElse(p -> row.put("probability_a", p), () -> row.putNull("probability_a"));
    ArrayNode orders = row.putArray("orders");
    for (Asked asked : verdict.orders()) {
      ObjectNode order = orders.addObject();
      order.put("order", asked.order()).put("verdict", asked.outcome().label());
      ArrayNode replies = order.putArray("replies");
      asked.replies().forEach(replies::add);
    }
    row.put("prompt_tokens", verdict.usage().promptTokens());
    row.put("completion_tokens", verdict.usage().completionTokens());
    row.put("cost", verdict.cost());
  }
}
