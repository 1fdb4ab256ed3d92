package org.plumbline.model.chat.jinja;

import java.util.List;

/** Statements one after another. */
record Body(List<Statement> statements) implements Statement {
  static final Body EMPTY = new Body(List.of());

  @Override
  public Flow execute(Scope scope, TextBuffer out) {
    scope.execution().enter();
    Flow flow = Flow.NEXT;
    for (Statement statement : statements) {
      flow = statement.execute(scope, out);
      if (flow != Flow.NEXT) {
        break;
      }
    }
    scope.execution().leave();
    return flow;
  }
}
