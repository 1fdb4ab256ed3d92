package org.plumbline.model.chat.jinja;

/** Gives errors of an expression their place, and counts its evaluations. */
record Located(Expression inner, Position position) implements Expression {
  @Override
  public Object evaluate(Scope scope) {
    Execution execution = scope.execution();
    try {
      execution.enter();
      Object value = inner.evaluate(scope);
      execution.leave();
      return value;
    } catch (PythonError e) {
      throw TemplateException.of(e, position);
    }
  }
}
