package org.plumbline.model.chat.jinja;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Calls of functions, filters and tests. */
final class Calls {
  private Calls() {}

  /**
   * What stands between a call's parentheses.
   *
   * @param spread values after {@code *}
   * @param spreadKeywords values after {@code **}
   */
  record ArgumentList(
      List<Expression> positional,
      Map<String, Expression> keywords,
      Optional<Expression> spread,
      Optional<Expression> spreadKeywords) {
    static final ArgumentList EMPTY =
        new ArgumentList(List.of(), Map.of(), Optional.empty(), Optional.empty());

    static ArgumentList of(Expression only) {
      return new ArgumentList(List.of(only), Map.of(), Optional.empty(), Optional.empty());
    }

    Arguments evaluate(Scope scope) {
      if (positional.isEmpty()
          && keywords.isEmpty()
          && spread.isEmpty()
          && spreadKeywords.isEmpty()) {
        return Arguments.NONE;
      }
      List<Object> values = new ArrayList<>();
      positional.forEach(expression -> values.add(expression.evaluate(scope)));
      Map<String, Object> named = new LinkedHashMap<>();
      keywords.forEach((name, expression) -> named.put(name, expression.evaluate(scope)));
      spread.ifPresent(
          expression ->
              values.addAll(Sequences.list(scope.execution(), expression.evaluate(scope))));
      Arguments arguments = new Arguments(values, named);
      if (spreadKeywords.isPresent()) {
        Object more = spreadKeywords.get().evaluate(scope);
        for (Map.Entry<String, Object> entry : PercentFormat.keywords(more).entrySet()) {
          arguments = arguments.with(entry.getKey(), entry.getValue());
        }
      }
      return arguments;
    }
  }

  /** {@code function(…)}. */
  record Call(Expression function, ArgumentList arguments) implements Expression {
    @Override
    public Object evaluate(Scope scope) {
      return invoke(scope, arguments.evaluate(scope));
    }

    /** As the call of a call block: with its body as the keyword {@code caller}. */
    Object evaluate(Scope scope, PythonCallable caller) {
      return invoke(scope, arguments.evaluate(scope).with("caller", caller));
    }

    private Object invoke(Scope scope, Arguments values) {
      Object called = function.evaluate(scope);
      if (called instanceof PythonCallable callable) {
        return callable.call(scope.execution(), values);
      }
      throw called instanceof Undefined undefined
          ? undefined.error()
          : PythonError.type("'%s' object is not callable", Types.name(called));
    }
  }

  /** {@code value | name(…)}. */
  record FilterCall(Expression value, String name, ArgumentList arguments) implements Expression {
    @Override
    public Object evaluate(Scope scope) {
      Object filtered = value.evaluate(scope);
      return Filters.apply(scope.execution(), name, filtered, arguments.evaluate(scope));
    }
  }

  /** {@code value is name(…)}. */
  record TestCall(Expression value, String name, ArgumentList arguments) implements Expression {
    @Override
    public Object evaluate(Scope scope) {
      Object tested = value.evaluate(scope);
      return Predicates.holds(scope.execution(), name, tested, arguments.evaluate(scope));
    }
  }
}
