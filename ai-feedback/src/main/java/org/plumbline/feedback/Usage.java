package org.plumbline.feedback;

/**
 * What was asked of a judge, as the judge itself counts it.
 *
 * @param replies readable replies; attempts that failed on the way are not among them
 * @param promptTokens tokens read
 * @param completionTokens tokens written
 */
public record Usage(long replies, long promptTokens, long completionTokens) {
  static final Usage NOTHING = new Usage(0, 0, 0);

  Usage plus(Usage other) {
    return new Usage(
        replies + other.replies,
        promptTokens + other.promptTokens,
        completionTokens + other.completionTokens);
  }

  /** Price of the tokens, in the currency of the two prices, which are per million tokens. */
  double cost(double promptPrice, double completionPrice) {
    return (promptTokens * promptPrice + completionTokens * completionPrice) / 1e6;
  }
}
