package org.plumbline.data.format;

import java.util.List;
import java.util.Optional;
import org.plumbline.data.Message;
import org.plumbline.data.SkipReason;

/**
 * Two conversations taken apart: the longest common beginning in turns is the prompt, and one turn
 * must be left of each.
 *
 * @param common turns that both begin with
 */
record TurnPair(List<Message> first, List<Message> second, int common) {
  static TurnPair of(List<Message> first, List<Message> second) {
    int common = 0;
    int shorter = Math.min(first.size(), second.size());
    while (common < shorter && first.get(common).equals(second.get(common))) {
      common++;
    }
    return new TurnPair(first, second, common);
  }

  /** Why there is no pair, if so. */
  Optional<SkipReason> fault() {
    if (common == first.size() && common == second.size()) {
      return Optional.of(SkipReason.IDENTICAL_ANSWERS);
    }
    return common == 0 || first.size() != common + 1 || second.size() != common + 1
        ? Optional.of(SkipReason.UNEQUAL_PROMPTS)
        : Optional.empty();
  }

  String detail() {
    return common == first.size() && common == second.size()
        ? "all %d turns are equal".formatted(common)
        : "chosen has %d turns, rejected %d, of which the first %d are equal"
            .formatted(first.size(), second.size(), common);
  }

  List<Message> prompt() {
    return first.subList(0, common);
  }

  Message chosen() {
    return first.get(common);
  }

  Message rejected() {
    return second.get(common);
  }
}
