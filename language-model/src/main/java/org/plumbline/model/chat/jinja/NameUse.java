package org.plumbline.model.chat.jinja;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Names that a template's parts use: which special ones a macro's body reads, and filters and tests
 * that do not exist. The latter are errors at once, except under an {@code if}, where a template
 * may guard against them.
 */
final class NameUse {
  private final Deque<Set<String>> bodies = new ArrayDeque<>();
  private final List<TemplateException> unknown = new ArrayList<>();

  /** A variable is read. */
  void loaded(String name) {
    bodies.forEach(body -> body.add(name));
  }

  /** Names read from here on belong to a new macro body too. */
  void enterBody() {
    bodies.push(new HashSet<>());
  }

  /** Which of the special names the innermost body has read. */
  Macro.Free leaveBody() {
    Set<String> read = bodies.pop();
    return new Macro.Free(
        read.contains("caller"), read.contains("kwargs"), read.contains("varargs"));
  }

  /** A filter or test that does not exist. */
  void unknown(String reason, Position position) {
    unknown.add(new TemplateException("TemplateAssertionError", reason, position));
  }

  int mark() {
    return unknown.size();
  }

  /** What came since the mark stands under a condition. */
  void forgiveSince(int mark) {
    unknown.subList(mark, unknown.size()).clear();
  }

  /** What came since the mark does not. */
  void requireKnownSince(int mark) {
    if (unknown.size() > mark) {
      throw unknown.get(mark);
    }
  }
}
