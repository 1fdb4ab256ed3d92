package org.plumbline.model.generation;

import java.util.BitSet;
import java.util.List;
import java.util.Set;
import org.plumbline.model.config.LogitRules;

/** Tokens that must not come next in a reply. */
final class ForbiddenTokens {
  private final LogitRules rules;
  private final Set<Integer> stopIds;
  private final List<List<Integer>> badWords;

  ForbiddenTokens(LogitRules rules, Set<Integer> stopIds) {
    this.rules = rules;
    this.stopIds = stopIds;
    this.badWords =
        rules.badWords().stream()
            .filter(run -> run.size() > 1 || !stopIds.contains(run.get(0)))
            .toList();
  }

  /** Ids that may not follow. */
  BitSet after(Draft draft) {
    BitSet forbidden = new BitSet();
    repeated(draft, forbidden);
    for (List<Integer> run : badWords) {
      if (endsWithAllButLast(draft, run)) {
        forbidden.set(run.get(run.size() - 1));
      }
    }
    if (draft.size() < rules.minLength() || draft.length() < rules.minNewTokens()) {
      stopIds.forEach(forbidden::set);
    }
    rules.suppressTokens().forEach(forbidden::set);
    if (draft.length() == 0) {
      rules.beginSuppressTokens().forEach(forbidden::set);
    }
    return forbidden;
  }

  /** True if one more token may complete the run. */
  static boolean endsWithAllButLast(Draft draft, List<Integer> run) {
    int known = run.size() - 1;
    int start = draft.size() - known;
    if (start < 0) {
      return false;
    }
    for (int i = 0; i < known; i++) {
      if (draft.at(start + i) != run.get(i)) {
        return false;
      }
    }
    return true;
  }

  /** Tokens that followed the last n - 1 before (transformers' NoRepeatNGramLogitsProcessor). */
  private void repeated(Draft draft, BitSet forbidden) {
    int known = rules.noRepeatNgramSize() - 1;
    if (known < 0) {
      return;
    }
    int last = draft.size() - known;
    for (int start = 0; start < last; start++) {
      int same = 0;
      while (same < known && draft.at(start + same) == draft.at(last + same)) {
        same++;
      }
      if (same == known) {
        forbidden.set(draft.at(start + known));
      }
    }
  }
}
