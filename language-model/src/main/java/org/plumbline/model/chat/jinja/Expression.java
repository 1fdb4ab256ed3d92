package org.plumbline.model.chat.jinja;

/** A part of a template that has a value. */
interface Expression {
  /**
   * The value in a scope.
   *
   * @throws PythonError where Python would raise, before the place is known
   * @throws TemplateException where a part below raised
   */
  Object evaluate(Scope scope);
}
