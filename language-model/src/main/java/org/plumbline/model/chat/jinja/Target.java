package org.plumbline.model.chat.jinja;

import java.util.List;

/** What a value can be assigned to. */
interface Target {
  void assign(Scope scope, Object value);

  /** A name, set in the scope itself. */
  record NameTarget(String name) implements Target {
    @Override
    public void assign(Scope scope, Object value) {
      scope.set(name, value);
    }
  }

  /** {@code namespace.attribute}. */
  record AttributeTarget(String namespace, String attribute) implements Target {
    @Override
    public void assign(Scope scope, Object value) {
      if (!(scope.get(namespace) instanceof Namespace found)) {
        throw PythonError.runtime("cannot assign attribute on non-namespace object");
      }
      found.attributes().put(attribute, value);
    }
  }

  /** {@code first, second}: takes a sequence apart. */
  record TupleTarget(List<Target> targets) implements Target {
    @Override
    public void assign(Scope scope, Object value) {
      if (!Sequences.isIterable(value)) {
        throw PythonError.type("cannot unpack non-iterable %s object", Types.name(value));
      }
      List<Object> values = Sequences.list(scope.execution(), value);
      if (values.size() > targets.size()) {
        throw PythonError.value("too many values to unpack (expected %d)", targets.size());
      } else if (values.size() < targets.size()) {
        throw PythonError.value(
            "not enough values to unpack (expected %d, got %d)", targets.size(), values.size());
      }
      for (int i = 0; i < values.size(); i++) {
        targets.get(i).assign(scope, values.get(i));
      }
    }
  }
}
