package org.plumbline.model.chat.jinja;

import java.math.BigInteger;
import java.util.List;
import java.util.Map;

/** Names of types, as Python has them. */
final class Types {
  private Types() {}

  static String name(Object value) {
    if (value instanceof String) {
      return "str";
    } else if (value instanceof Markup) {
      return "Markup";
    } else if (value instanceof Boolean) {
      return "bool";
    } else if (value instanceof Long || value instanceof BigInteger) {
      return "int";
    } else if (value instanceof Double) {
      return "float";
    } else if (value instanceof List<?>) {
      return "list";
    } else if (value instanceof Map<?, ?>) {
      return "dict";
    } else if (value == None.NONE) {
      return "NoneType";
    }
    return helperName(value);
  }

  private static String helperName(Object value) {
    if (value instanceof LoopContext) {
      return "jinja2.runtime.LoopContext";
    } else if (value instanceof Tuple) {
      return "tuple";
    } else if (value instanceof View view) {
      return view.name();
    } else if (value instanceof PythonCallable) {
      return "function";
    }
    if (value instanceof Range) {
      return "range";
    }
    return value instanceof Generator ? "generator" : value.getClass().getSimpleName();
  }
}
