package org.plumbline.model.generation;

import java.util.Set;
import org.plumbline.model.config.LogitRules;

/**
 * How replies are drawn. The order is transformers': sequence bias, repetition penalty, forbidden
 * tokens, temperature, top-k, top-p, min-p, typical-p, epsilon cutoff, eta cutoff.
 *
 * @param maxNewTokens most tokens of a reply, end token included
 * @param temperature divides the logits; 0 takes the most probable token
 * @param topK tokens kept by rank, 0 for all
 * @param topP least mass kept, (0, 1]; 1 for all
 * @param minP least probability relative to the best token's, [0, 1]; 0 for all
 * @param repetitionPenalty factor against tokens seen before, the prompt's too; 1 for none (Keskar
 *     et al. 2019)
 * @param stopIds tokens that end a reply; they belong to it
 * @param rules what else changes the logits
 * @param logProbs true to fill {@link Generated#logProbs}
 */
public record SamplingConfig(
    int maxNewTokens,
    double temperature,
    int topK,
    double topP,
    double minP,
    double repetitionPenalty,
    Set<Integer> stopIds,
    LogitRules rules,
    boolean logProbs) {
  public SamplingConfig {
    require(maxNewTokens >= 1, "max_new_tokens", maxNewTokens, "at least 1");
    require(
        temperature >= 0 && Double.isFinite(temperature), "temperature", temperature, "0 or more");
    require(topK >= 0, "top_k", topK, "0 or more");
    require(topP > 0 && topP <= 1, "top_p", topP, "in (0, 1]");
    require(minP >= 0 && minP <= 1, "min_p", minP, "in [0, 1]");
    require(
        repetitionPenalty > 0 && Double.isFinite(repetitionPenalty),
        "repetition_penalty",
        repetitionPenalty,
        "above 0");
    stopIds = Set.copyOf(stopIds);
  }

  /** Without further rules and log-probabilities. */
  public SamplingConfig(
      int maxNewTokens,
      double temperature,
      int topK,
      double topP,
      double minP,
      double repetitionPenalty,
      Set<Integer> stopIds) {
    this(
        maxNewTokens,
        temperature,
        topK,
        topP,
        minP,
        repetitionPenalty,
        stopIds,
        LogitRules.NONE,
        false);
  }

  private static void require(boolean holds, String key, Object value, String needed) {
    if (!holds) {
      throw new IllegalArgumentException("%s=%s must be %s".formatted(key, value, needed));
    }
  }

  /** Pure sampling at a temperature: the distribution that log-probabilities are taken of. */
  public static SamplingConfig pure(int maxNewTokens, double temperature, Set<Integer> stopIds) {
    return new SamplingConfig(maxNewTokens, temperature, 0, 1, 0, 1, stopIds);
  }

  /** The most probable token at each step. */
  public static SamplingConfig greedy(int maxNewTokens, Set<Integer> stopIds) {
    return pure(maxNewTokens, 0, stopIds);
  }

  /** The same under these rules. */
  public SamplingConfig with(LogitRules other) {
    return new SamplingConfig(
        maxNewTokens, temperature, topK, topP, minP, repetitionPenalty, stopIds, other, logProbs);
  }

  /** The same, and log-probabilities of what was chosen. */
  public SamplingConfig withLogProbs() {
    return new SamplingConfig(
        maxNewTokens, temperature, topK, topP, minP, repetitionPenalty, stopIds, rules, true);
  }

  /** True if the next token is the most probable one. */
  public boolean isGreedy() {
    return temperature == 0;
  }
}
