package org.plumbline.model.chat.jinja;

import java.util.List;
import java.util.Optional;

/** Expressions made of operators. */
final class Operations {
  private Operations() {}

  /** {@code left + right} and its kin. */
  record Binary(String operator, Expression left, Expression right) implements Expression {
    @Override
    public Object evaluate(Scope scope) {
      Object first = left.evaluate(scope);
      return Operators.apply(scope.execution(), operator, first, right.evaluate(scope));
    }
  }

  /** {@code -value} and {@code +value}. */
  record Signed(String sign, Expression value) implements Expression {
    @Override
    public Object evaluate(Scope scope) {
      return Operators.signed(sign, value.evaluate(scope));
    }
  }

  /** {@code a ~ b ~ c}: their texts in one. */
  record Concatenation(List<Expression> parts) implements Expression {
    @Override
    public Object evaluate(Scope scope) {
      TextBuffer text = new TextBuffer(scope.execution());
      for (Expression part : parts) {
        text.append(PythonText.str(scope.execution(), part.evaluate(scope)));
      }
      return text.toString();
    }
  }

  /** {@code a and b}: the value that decides. */
  record And(Expression left, Expression right) implements Expression {
    @Override
    public Object evaluate(Scope scope) {
      Object first = left.evaluate(scope);
      return Truth.of(first) ? right.evaluate(scope) : first;
    }
  }

  /** {@code a or b}: the value that decides. */
  record Or(Expression left, Expression right) implements Expression {
    @Override
    public Object evaluate(Scope scope) {
      Object first = left.evaluate(scope);
      return Truth.of(first) ? first : right.evaluate(scope);
    }
  }

  /** {@code not value}. */
  record Not(Expression value) implements Expression {
    @Override
    public Object evaluate(Scope scope) {
      return !Truth.of(value.evaluate(scope));
    }
  }

  /** {@code a < b <= c}: all of them hold; each value is computed at most once. */
  record Comparison(Expression first, List<Step> steps) implements Expression {
    /**
     * One comparison with what comes before it; the operators {@code in} and {@code not in} too.
     */
    record Step(String operator, Expression value) {}

    @Override
    public Object evaluate(Scope scope) {
      Execution execution = scope.execution();
      Object left = first.evaluate(scope);
      for (Step step : steps) {
        Object right = step.value().evaluate(scope);
        boolean holds =
            switch (step.operator()) {
              case "in" -> Comparisons.contains(execution, right, left);
              case "not in" -> !Comparisons.contains(execution, right, left);
              default -> Comparisons.holds(execution, step.operator(), left, right);
            };
        if (!holds) {
          return false;
        }
        left = right;
      }
      return true;
    }
  }

  /** {@code value if condition else other}; undefined where there is no other. */
  record Conditional(Expression condition, Expression value, Optional<Expression> other)
      implements Expression {
    @Override
    public Object evaluate(Scope scope) {
      if (Truth.of(condition.evaluate(scope))) {
        return value.evaluate(scope);
      }
      return other
          .map(expression -> expression.evaluate(scope))
          .orElseGet(
              () ->
                  Undefined.of(
                      "the inline if-expression evaluated to false and no else section was"
                          + " defined."));
    }
  }
}
