package org.plumbline.data.world.language;

import java.util.Set;

/**
 * One pattern of a reply, with what it does.
 *
 * @param scope intents that it is about
 * @param condition when its words are true
 */
public record Clause(ClauseKind kind, Set<Intent> scope, Condition condition, Pattern pattern) {
  public Clause {
    scope = Set.copyOf(scope);
  }

  /** True for words that every request may get. */
  public boolean general() {
    return scope.size() == Intent.values().length;
  }
}
