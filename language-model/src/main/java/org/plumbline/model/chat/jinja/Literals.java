package org.plumbline.model.chat.jinja;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Values written out in a template. */
final class Literals {
  private Literals() {}

  /** A text, number, truth value or None. */
  record Constant(Object value) implements Expression {
    @Override
    public Object evaluate(Scope scope) {
      return value;
    }
  }

  /** {@code [a, b]}. */
  record ListLiteral(List<Expression> items) implements Expression {
    @Override
    public Object evaluate(Scope scope) {
      return all(scope, items);
    }
  }

  /** {@code a, b}. */
  record TupleLiteral(List<Expression> items) implements Expression {
    @Override
    public Object evaluate(Scope scope) {
      return Tuple.of(all(scope, items));
    }
  }

  /** {@code {key: value}}. */
  record DictLiteral(List<Entry> entries) implements Expression {
    record Entry(Expression key, Expression value) {}

    @Override
    public Object evaluate(Scope scope) {
      Map<Object, Object> dict = new LinkedHashMap<>();
      for (Entry entry : entries) {
        Object key = entry.key().evaluate(scope);
        Dicts.put(scope.execution(), dict, key, entry.value().evaluate(scope));
      }
      return dict;
    }
  }

  private static List<Object> all(Scope scope, List<Expression> items) {
    List<Object> values = new ArrayList<>(items.size());
    for (Expression item : items) {
      values.add(item.evaluate(scope));
    }
    return values;
  }
}
