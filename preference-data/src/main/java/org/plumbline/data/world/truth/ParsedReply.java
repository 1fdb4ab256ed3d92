package org.plumbline.data.world.truth;

import java.util.List;
import java.util.function.Predicate;
import org.plumbline.data.world.language.Clause;
import org.plumbline.data.world.language.ClauseKind;

/**
 * A reply read as clauses of the phrase book.
 *
 * @param said clauses in their order, each once
 * @param words words of the whole reply
 * @param strayWords words outside any clause, and those of a clause said again
 */
record ParsedReply(List<Said> said, int words, int strayWords) {
  /**
   * A clause that was said.
   *
   * @param hour the hour it names, 0 if none
   */
  record Said(Clause clause, int hour) {}

  /** 1 when all words belong to clauses, falling to 0 when half of them do not. */
  double clearness() {
    return words == 0 ? 0 : Math.max(0, 1 - 2.0 * strayWords / words);
  }

  int count(Predicate<ClauseKind> kind) {
    return (int) said.stream().filter(s -> kind.test(s.clause().kind())).count();
  }
}
