package org.plumbline.evaluation.suite;

/**
 * How likely a model holds a text.
 *
 * @param logProbability nats, summed over the tokens
 * @param tokens number of tokens that the sum is over, the answer's end token included
 */
public record Likelihood(double logProbability, int tokens) {
  /** Nats per token; NaN without tokens. */
  public double perToken() {
    return logProbability / tokens;
  }
}
