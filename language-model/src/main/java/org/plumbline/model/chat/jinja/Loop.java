package org.plumbline.model.chat.jinja;

import java.util.Iterator;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * {@code {% for target in elements if condition recursive %}…{% else %}…{% endfor %}}. Every round
 * has a scope of its own.
 */
record Loop(
    Target target,
    Expression elements,
    Optional<Expression> condition,
    boolean recursive,
    Body body,
    Body otherwise)
    implements Statement {
  @Override
  public Flow execute(Scope scope, TextBuffer out) {
    run(scope, elements.evaluate(scope), 0, out);
    return Flow.NEXT;
  }

  private void run(Scope scope, Object values, int depth, TextBuffer out) {
    LoopContext loop = context(scope, values, depth);
    boolean completed = false;
    for (Optional<Object> value = loop.next(); value.isPresent(); value = loop.next()) {
      Scope round = scope.child();
      target.assign(round, value.get());
      round.set("loop", loop);
      Flow flow = body.execute(round, out);
      if (flow == Flow.BREAK) {
        break;
      }
      completed |= flow == Flow.NEXT; // jinja2 takes a round that jumps out for none
    }
    if (!completed) {
      otherwise.execute(scope.child(), out);
    }
  }

  private LoopContext context(Scope scope, Object values, int depth) {
    Execution execution = scope.execution();
    Iterator<Object> all = Sequences.iterate(execution, values);
    Iterator<Object> chosen =
        condition
            .<Iterator<Object>>map(
                test -> new SelectionFilters.Selected(all, value -> holds(test, scope, value)))
            .orElse(all);
    OptionalInt length =
        condition.isPresent() ? OptionalInt.empty() : Sequences.size(execution, values);
    return new LoopContext(
        execution,
        chosen,
        length,
        recursive
            ? Optional.of((inner, deeper) -> rendered(scope, inner, deeper))
            : Optional.empty(),
        depth);
  }

  private boolean holds(Expression test, Scope scope, Object value) {
    Scope inner = scope.child();
    target.assign(inner, value);
    return Truth.of(test.evaluate(inner));
  }

  private String rendered(Scope scope, Object values, int depth) {
    scope.execution().enter();
    TextBuffer text = new TextBuffer(scope.execution());
    run(scope, values, depth, text);
    scope.execution().leave();
    return text.toString();
  }
}
