package org.plumbline.model.chat.jinja;

import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** Equality, order and membership. */
final class Comparisons {
  private Comparisons() {}

  static boolean equal(Execution execution, Object left, Object right) {
    execution.tick();
    if (PythonText.isText(left) && PythonText.isText(right)) {
      execution.chargeText(Math.min(PythonText.raw(left).length(), PythonText.raw(right).length()));
      return PythonText.raw(left).equals(PythonText.raw(right));
    } else if (Numbers.isNumber(left) && Numbers.isNumber(right)) {
      return !Numbers.isNan(left) && !Numbers.isNan(right) && Numbers.compare(left, right) == 0;
    } else if (left instanceof Undefined) {
      return right instanceof Undefined;
    } else if (left instanceof Range a && right instanceof Range b) {
      return a.items().equals(b.items());
    } else if (left instanceof Map<?, ?> a && right instanceof Map<?, ?> b) {
      return equalDicts(execution, a, b);
    } else if (left instanceof List<?> a && right instanceof List<?> b) {
      return equalLists(execution, a, b);
    } else if (left instanceof Tuple a && right instanceof Tuple b) {
      return equalLists(execution, a.items(), b.items());
    }
    return left == right;
  }

  private static boolean equalLists(Execution execution, List<?> left, List<?> right) {
    if (left.size() != right.size()) {
      return false;
    }
    execution.enter();
    Iterator<?> others = right.iterator();
    for (Object item : left) {
      Object other = others.next();
      if (item != other && !equal(execution, item, other)) {
        execution.leave();
        return false;
      }
    }
    execution.leave();
    return true;
  }

  private static boolean equalDicts(Execution execution, Map<?, ?> left, Map<?, ?> right) {
    if (left.size() != right.size()) {
      return false;
    }
    execution.enter();
    for (Map.Entry<?, ?> entry : left.entrySet()) {
      Object other = Dicts.get(execution, right, entry.getKey());
      if (other instanceof Undefined || !equal(execution, entry.getValue(), other)) {
        execution.leave();
        return false;
      }
    }
    execution.leave();
    return true;
  }

  /** Order of two values that Python can order; of {@code operator} the error speaks. */
  static int compare(Execution execution, String operator, Object left, Object right) {
    execution.tick();
    if (left instanceof Undefined undefined) {
      throw undefined.error();
    } else if (right instanceof Undefined undefined) {
      throw undefined.error();
    } else if (PythonText.isText(left) && PythonText.isText(right)) {
      execution.chargeText(Math.min(PythonText.raw(left).length(), PythonText.raw(right).length()));
      return CodePoints.compare(PythonText.raw(left), PythonText.raw(right));
    } else if (Numbers.isNumber(left) && Numbers.isNumber(right)) {
      return Numbers.compare(left, right);
    } else if (left instanceof List<?> a && right instanceof List<?> b) {
      return compareLists(execution, operator, a, b);
    } else if (left instanceof Tuple a && right instanceof Tuple b) {
      return compareLists(execution, operator, a.items(), b.items());
    }
    throw PythonError.type(
        "'%s' not supported between instances of '%s' and '%s'",
        operator, Types.name(left), Types.name(right));
  }

  private static int compareLists(
      Execution execution, String operator, List<?> left, List<?> right) {
    execution.enter();
    int order = Integer.compare(left.size(), right.size());
    for (int i = 0; i < Math.min(left.size(), right.size()); i++) {
      if (!equal(execution, left.get(i), right.get(i))) {
        order = compare(execution, operator, left.get(i), right.get(i));
        break;
      }
    }
    execution.leave();
    return order;
  }

  /** Applies one of {@code == != < <= > >=}. */
  static boolean holds(Execution execution, String operator, Object left, Object right) {
    if (operator.equals("==")) {
      return equal(execution, left, right);
    } else if (operator.equals("!=")) {
      return !equal(execution, left, right);
    } else if (Numbers.isNan(left) || Numbers.isNan(right)) {
      return false;
    }
    int order = compare(execution, operator, left, right);
    return switch (operator) {
      case "<" -> order < 0;
      case "<=" -> order <= 0;
      case ">" -> order > 0;
      default -> order >= 0;
    };
  }

  /** Python's {@code item in container}. */
  static boolean contains(Execution execution, Object container, Object item) {
    if (PythonText.isText(container)) {
      if (!PythonText.isText(item)) {
        throw PythonError.type(
            "'in <string>' requires string as left operand, not %s", Types.name(item));
      }
      String text = PythonText.raw(container);
      execution.chargeText(text.length());
      return text.contains(PythonText.raw(item));
    }
    if (container instanceof Map<?, ?> dict) {
      return !(Dicts.get(execution, dict, item) instanceof Undefined);
    }
    if (!Sequences.isIterable(container)) {
      throw PythonError.type("argument of type '%s' is not iterable", Types.name(container));
    }
    Iterator<Object> items = Sequences.iterate(execution, container);
    while (items.hasNext()) {
      Object next = items.next();
      if (next == item || equal(execution, next, item)) {
        return true;
      }
    }
    return false;
  }
}
