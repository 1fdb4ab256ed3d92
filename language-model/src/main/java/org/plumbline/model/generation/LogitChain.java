package org.plumbline.model.generation;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.stream.LongStream;
import org.plumbline.model.config.LogitRules;
import org.plumbline.model.engine.KernelScript;

/**
 * What happens to logits between the model and the choice, in the order of transformers' {@code
 * generate()}. A rule that is off costs nothing. Axes: B rows, V vocabulary.
 */
final class LogitChain {
  private final KernelScript kernels;
  private final SamplingConfig config;
  private final LogitRules rules;
  private final ForbiddenTokens forbidden;
  private final boolean changes;

  LogitChain(KernelScript kernels, SamplingConfig config) {
    this.kernels = kernels;
    this.config = config;
    this.rules = config.rules();
    this.forbidden = new ForbiddenTokens(rules, config.stopIds());
    this.changes =
        !rules.sequenceBias().isEmpty() || config.repetitionPenalty() != 1 || rules.forbids();
  }

  /**
   * The rules that greedy, sampling and beam search share: sequence bias, repetition penalty,
   * forbidden tokens.
   *
   * @param logits float32 (B, V), or log-probabilities in beam search
   * @param drafts one per row; what becomes of the row of an ended one does not matter
   * @return the same array where no rule is on
   * @throws IllegalArgumentException where no token is left
   */
  NDArray ruled(NDManager scope, NDArray logits, List<Draft> drafts) {
    if (!changes) {
      return logits;
    }
    NDArray z = logits;
    int vocabulary = Math.toIntExact(logits.getShape().get(1));
    if (!rules.sequenceBias().isEmpty()) {
      z = biased(scope, z, drafts, vocabulary);
    }
    if (config.repetitionPenalty() != 1) {
      NDArray seen = scope.create(seen(drafts, vocabulary));
      z = kernels.one(scope, false, "penalise", z, seen, config.repetitionPenalty());
    }
    if (rules.forbids()) {
      long[] out = forbidden(drafts, vocabulary);
      if (out.length > 0) {
        z = kernels.one(scope, false, "forbid", z, scope.create(out));
      }
    }
    return z;
  }

  /** Temperature and truncation, for sampling: dropped tokens get -infinity. */
  NDArray truncated(NDManager scope, NDArray logits) {
    return kernels.one(
        scope,
        false,
        "truncate",
        logits,
        config.temperature(),
        config.topK(),
        config.topP(),
        config.minP(),
        rules.typicalP(),
        rules.epsilonCutoff(),
        rules.etaCutoff());
  }

  private NDArray biased(NDManager scope, NDArray logits, List<Draft> drafts, int vocabulary) {
    List<Long> places = new ArrayList<>();
    List<Double> biases = new ArrayList<>();
    for (int b = 0; b < drafts.size(); b++) {
      Draft draft = drafts.get(b);
      long row = (long) b * vocabulary;
      if (!draft.isEnded()) {
        rules
            .sequenceBias()
            .forEach(
                (run, bias) -> {
                  int last = run.get(run.size() - 1);
                  if (last < vocabulary && ForbiddenTokens.endsWithAllButLast(draft, run)) {
                    places.add(row + last);
                    biases.add(bias);
                  }
                });
      }
    }
    if (places.isEmpty()) {
      return logits;
    }
    float[] values = new float[biases.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = biases.get(i).floatValue();
    }
    long[] index = places.stream().mapToLong(Long::longValue).toArray();
    return kernels.one(scope, false, "add_bias", logits, scope.create(index), scope.create(values));
  }

  /** Flat places of all tokens that occurred, with repeats. */
  private static long[] seen(List<Draft> drafts, int vocabulary) {
    LongStream.Builder places = LongStream.builder();
    for (int b = 0; b < drafts.size(); b++) {
      Draft draft = drafts.get(b);
      for (int i = 0; i < draft.size(); i++) {
        places.add((long) b * vocabulary + draft.at(i));
      }
    }
    return places.build().toArray();
  }

  private long[] forbidden(List<Draft> drafts, int vocabulary) {
    LongStream.Builder places = LongStream.builder();
    for (int b = 0; b < drafts.size(); b++) {
      Draft draft = drafts.get(b);
      if (draft.isEnded()) {
        continue;
      }
      BitSet ids = forbidden.after(draft);
      if (ids.nextClearBit(0) >= vocabulary) {
        throw new IllegalArgumentException(
            "no token is left for token %d of the reply to prompt %d: suppress_tokens, begin_suppress_tokens, bad_words_ids, no_repeat_ngram_size and min_new_tokens forbid all %d"
                .formatted(draft.length() + 1, draft.row() + 1, vocabulary));
      }
      long row = (long) b * vocabulary;
      ids.stream().filter(id -> id < vocabulary).forEach(id -> places.add(row + id));
    }
    return places.build().toArray();
  }
}
