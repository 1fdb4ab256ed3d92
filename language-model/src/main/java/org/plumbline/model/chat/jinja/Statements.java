package org.plumbline.model.chat.jinja;

import java.util.ArrayList;
import java.util.List;

/** All statements but loops and macros. */
final class Statements {
  /** Under this name, which no template can write, a filter finds the text of its block. */
  static final String CAPTURED = "(captured)";

  private Statements() {}

  /** Text outside of tags. */
  record Text(String text) implements Statement {
    @Override
    public Flow execute(Scope scope, TextBuffer out) {
      scope.execution().tick();
      out.append(text);
      return Flow.NEXT;
    }
  }

  /** {@code {{ value }}}. */
  record Print(Expression value) implements Statement {
    @Override
    public Flow execute(Scope scope, TextBuffer out) {
      Execution execution = scope.execution();
      out.append(PythonText.str(execution, value.evaluate(scope)));
      return Flow.NEXT;
    }
  }

  /** Gives errors of a statement outside its expressions their place. */
  record LocatedStatement(Statement inner, Position position) implements Statement {
    @Override
    public Flow execute(Scope scope, TextBuffer out) {
      try {
        scope.execution().tick();
        return inner.execute(scope, out);
      } catch (PythonError e) {
        throw TemplateException.of(e, position);
      }
    }
  }

  /** {@code {% set target = value %}}. */
  record Assignment(Target target, Expression value) implements Statement {
    @Override
    public Flow execute(Scope scope, TextBuffer out) {
      target.assign(scope, value.evaluate(scope));
      return Flow.NEXT;
    }
  }

  /** {@code {% set target | filter %}…{% endset %}}; the filter sees the text as CAPTURED. */
  record BlockAssignment(Target target, Expression filter, Body body) implements Statement {
    @Override
    public Flow execute(Scope scope, TextBuffer out) {
      Scope inner = scope.child();
      TextBuffer text = new TextBuffer(scope.execution());
      Flow flow = body.execute(inner, text);
      if (flow == Flow.NEXT) {
        inner.set(CAPTURED, text.toString());
        target.assign(scope, filter.evaluate(inner));
      }
      return flow;
    }
  }

  /** {@code {% filter name %}…{% endfilter %}}. */
  record FilterBlock(Expression filter, Body body) implements Statement {
    @Override
    public Flow execute(Scope scope, TextBuffer out) {
      Scope inner = scope.child();
      TextBuffer text = new TextBuffer(scope.execution());
      Flow flow = body.execute(inner, text);
      if (flow == Flow.NEXT) {
        inner.set(CAPTURED, text.toString());
        out.append(PythonText.str(scope.execution(), filter.evaluate(inner)));
      }
      return flow;
    }
  }

  /** {@code {% if %}…{% elif %}…{% else %}…{% endif %}}; shares the scope around it. */
  record If(List<Branch> branches, Body otherwise) implements Statement {
    record Branch(Expression condition, Body body) {}

    @Override
    public Flow execute(Scope scope, TextBuffer out) {
      for (Branch branch : branches) {
        if (Truth.of(branch.condition().evaluate(scope))) {
          return branch.body().execute(scope, out);
        }
      }
      return otherwise.execute(scope, out);
    }
  }

  /** {@code {% with name = value %}…{% endwith %}}; values are those of the scope around. */
  record With(List<Target> targets, List<Expression> values, Body body) implements Statement {
    @Override
    public Flow execute(Scope scope, TextBuffer out) {
      Scope inner = scope.child();
      List<Object> all = new ArrayList<>();
      values.forEach(value -> all.add(value.evaluate(scope)));
      for (int i = 0; i < all.size(); i++) {
        targets.get(i).assign(inner, all.get(i));
      }
      return body.execute(inner, out);
    }
  }

  /** {@code {% block name %}…{% endblock %}}; without inheritance it renders where it stands. */
  record Block(boolean scoped, Body body) implements Statement {
    @Override
    public Flow execute(Scope scope, TextBuffer out) {
      body.execute((scoped ? scope : scope.top()).child(), out);
      return Flow.NEXT;
    }
  }

  /** {@code {% break %}} or {@code {% continue %}}. */
  record Jump(Flow flow) implements Statement {
    @Override
    public Flow execute(Scope scope, TextBuffer out) {
      return flow;
    }
  }

  /**
   * {@code {% generation %}…{% endgeneration %}}: text the model learns to write. As in
   * transformers its place counts what the template itself has written so far.
   */
  record Generation(Body body) implements Statement {
    @Override
    public Flow execute(Scope scope, TextBuffer out) {
      Execution execution = scope.execution();
      TextBuffer text = new TextBuffer(execution);
      body.execute(scope.child(), text);
      int start = execution.output().codePoints();
      execution.generated().add(new Span(start, start + text.codePoints()));
      out.append(text.toString());
      return Flow.NEXT;
    }
  }

  /** {@code {% macro name(…) %}…{% endmacro %}}. */
  record MacroDefinition(Macro.Definition definition) implements Statement {
    @Override
    public Flow execute(Scope scope, TextBuffer out) {
      scope.set(definition.name(), new Macro(definition, scope));
      return Flow.NEXT;
    }
  }

  /** {@code {% call(…) function(…) %}…{% endcall %}}. */
  record CallBlock(Calls.Call call, Macro.Definition caller) implements Statement {
    @Override
    public Flow execute(Scope scope, TextBuffer out) {
      Object value = call.evaluate(scope, new Macro(caller, scope));
      out.append(PythonText.str(scope.execution(), value));
      return Flow.NEXT;
    }
  }
}
