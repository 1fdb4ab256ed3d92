package org.plumbline.model.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Rules that change logits before a token is chosen, beyond the usual ones of sampling. Names and
 * meaning are transformers'; prompts count as text that was generated.
 *
 * @param typicalP mass kept of the tokens whose information is nearest to the entropy, (0, 1]; 1
 *     for all (Meister et al. 2022)
 * @param epsilonCutoff least probability of a token, [0, 1); 0 for all (Hewitt et al. 2022)
 * @param etaCutoff least probability of a token, falling with the entropy H of the distribution:
 *     min(eta, sqrt(eta) exp(-H)), eta in [0, 1); 0 for all (Hewitt et al. 2022)
 * @param noRepeatNgramSize runs of so many tokens occur once; 0 without
 * @param minLength least tokens of prompt and reply together before a stop id
 * @param minNewTokens least tokens of the reply before a stop id
 * @param suppressTokens never chosen
 * @param beginSuppressTokens never chosen as the first token of a reply
 * @param badWords runs of tokens that never occur; a run that is one stop id is no rule
 * @param sequenceBias added to the last token's logit where it would complete the run
 */
public record LogitRules(
    double typicalP,
    double epsilonCutoff,
    double etaCutoff,
    int noRepeatNgramSize,
    int minLength,
    int minNewTokens,
    Set<Integer> suppressTokens,
    Set<Integer> beginSuppressTokens,
    List<List<Integer>> badWords,
    Map<List<Integer>, Double> sequenceBias) {
  /** No rule. */
  public static final LogitRules NONE =
      new LogitRules(1, 0, 0, 0, 0, 0, Set.of(), Set.of(), List.of(), Map.of());

  public LogitRules {
    require(typicalP > 0 && typicalP <= 1, "typical_p", typicalP, "in (0, 1]");
    require(epsilonCutoff >= 0 && epsilonCutoff < 1, "epsilon_cutoff", epsilonCutoff, "in [0, 1)");
    require(etaCutoff >= 0 && etaCutoff < 1, "eta_cutoff", etaCutoff, "in [0, 1)");
    require(noRepeatNgramSize >= 0, "no_repeat_ngram_size", noRepeatNgramSize, "0 or more");
    require(minLength >= 0, "min_length", minLength, "0 or more");
    require(minNewTokens >= 0, "min_new_tokens", minNewTokens, "0 or more");
    suppressTokens = Set.copyOf(suppressTokens);
    beginSuppressTokens = Set.copyOf(beginSuppressTokens);
    badWords = badWords.stream().map(List::copyOf).toList();
    Map<List<Integer>, Double> biases = new LinkedHashMap<>();
    sequenceBias.forEach((run, bias) -> biases.put(List.copyOf(run), bias));
    sequenceBias = Collections.unmodifiableMap(biases);
    suppressTokens.forEach(id -> requireId("suppress_tokens", id));
    beginSuppressTokens.forEach(id -> requireId("begin_suppress_tokens", id));
    badWords.forEach(run -> requireRun("bad_words_ids", run));
    sequenceBias.forEach(
        (run, bias) -> {
          requireRun("sequence_bias", run);
          require(Double.isFinite(bias), "sequence_bias", bias, "finite; bad_words_ids forbid");
        });
  }

  /** True if some token may be forbidden. */
  public boolean forbids() {
    return noRepeatNgramSize > 0
        || minLength > 0
        || minNewTokens > 0
        || !suppressTokens.isEmpty()
        || !beginSuppressTokens.isEmpty()
        || !badWords.isEmpty();
  }

  private static void requireRun(String key, List<Integer> run) {
    require(!run.isEmpty(), key, run, "runs of at least one token id");
    run.forEach(id -> requireId(key, id));
  }

  private static void requireId(String key, int id) {
    require(id >= 0, key, id, "a token id, 0 or more");
  }

  private static void require(boolean holds, String key, Object value, String needed) {
    if (!holds) {
      throw new IllegalArgumentException("%s=%s must be %s".formatted(key, value, needed));
    }
  }
}
