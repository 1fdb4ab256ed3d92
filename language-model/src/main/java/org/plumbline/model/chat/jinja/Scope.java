package org.plumbline.model.chat.jinja;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Names and their values; a name not found here is looked for in the scope around. */
final class Scope {
  private final Execution execution;
  private final @Nullable Scope parent;
  private final Map<String, Object> values;

  private Scope(Execution execution, @Nullable Scope parent, Map<String, Object> values) {
    this.execution = execution;
    this.parent = parent;
    this.values = values;
  }

  /** The template's own scope above its variables and the globals. */
  static Scope root(Execution execution, Map<String, Object> variables) {
    Scope globals = new Scope(execution, null, Globals.ALL);
    return new Scope(execution, new Scope(execution, globals, variables), new HashMap<>());
  }

  /** A new scope within this one. */
  Scope child() {
    return new Scope(execution, this, new HashMap<>(4));
  }

  Execution execution() {
    return execution;
  }

  /** Sets a name in this very scope. */
  void set(String name, Object value) {
    values.put(name, value);
  }

  Object get(String name) {
    for (Scope scope = this; scope != null; scope = scope.parent) {
      Object value = scope.values.get(name);
      if (value != null) {
        return value;
      }
    }
    return Undefined.of("'%s' is undefined".formatted(name));
  }

  /** The template's own scope, in which blocks live. */
  Scope top() {
    Scope scope = this;
    while (scope.parent != null
        && scope.parent.parent != null
        && scope.parent.parent.parent != null) {
      scope = scope.parent;
    }
    return scope;
  }
}
