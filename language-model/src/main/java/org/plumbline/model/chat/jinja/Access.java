package org.plumbline.model.chat.jinja;

/** Names, attributes, elements and slices. */
final class Access {
  private Access() {}

  /** A variable. */
  record Name(String name) implements Expression {
    @Override
    public Object evaluate(Scope scope) {
      return scope.get(name);
    }
  }

  /** {@code owner.name}. */
  record Attribute(Expression owner, String name) implements Expression {
    @Override
    public Object evaluate(Scope scope) {
      return Attributes.attribute(scope.execution(), owner.evaluate(scope), name);
    }
  }

  /** {@code owner[key]}. */
  record Item(Expression owner, Expression key) implements Expression {
    @Override
    public Object evaluate(Scope scope) {
      Object from = owner.evaluate(scope);
      return Attributes.item(scope.execution(), from, key.evaluate(scope));
    }
  }

  /** {@code owner[start:stop:step]}; parts left out are None. */
  record Slice(Expression owner, Expression start, Expression stop, Expression step)
      implements Expression {
    @Override
    public Object evaluate(Scope scope) {
      Object from = owner.evaluate(scope);
      return Sequences.slice(
          scope.execution(),
          from,
          start.evaluate(scope),
          stop.evaluate(scope),
          step.evaluate(scope));
    }
  }
}
