package org.plumbline.model.chat.jinja;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/** The binary operators {@code + - * / // % **} and the signs, on all kinds of values. */
final class Operators {
  /** Steps that an operation on integers beyond 64 bits counts for. */
  private static final int LARGE = 200;

  private Operators() {}

  static Object apply(Execution execution, String operator, Object left, Object right) {
    if (Numbers.isNumber(left) && Numbers.isNumber(right)) {
      execution.charge(left instanceof BigInteger || right instanceof BigInteger ? LARGE : 0);
      return Numbers.apply(operator, left, right);
    } else if (left instanceof Undefined undefined) {
      throw undefined.error();
    } else if (operator.equals("%") && PythonText.isText(left)) {
      return PercentFormat.apply(execution, left, right);
    } else if (right instanceof Undefined undefined) {
      throw undefined.error();
    } else if (operator.equals("+")) {
      return sum(execution, left, right);
    } else if (operator.equals("*") && Numbers.isInteger(right)) {
      return repeated(execution, left, right);
    } else if (operator.equals("*") && Numbers.isInteger(left)) {
      return repeated(execution, right, left);
    }
    throw unsupported(operator, left, right);
  }

  private static PythonError unsupported(String operator, Object left, Object right) {
    return PythonError.type(
        "unsupported operand type(s) for %s: '%s' and '%s'",
        operator, Types.name(left), Types.name(right));
  }

  private static Object sum(Execution execution, Object left, Object right) {
    if (PythonText.isText(left) && PythonText.isText(right)) {
      boolean markup = left instanceof Markup || right instanceof Markup;
      String a = markup ? Markup.escaped(execution, left).text() : PythonText.raw(left);
      String b = markup ? Markup.escaped(execution, right).text() : PythonText.raw(right);
      execution.requireText((long) a.length() + b.length());
      return markup ? new Markup(a + b) : a + b;
    } else if (left instanceof List<?> a && right instanceof List<?> b) {
      return joined(execution, a, b);
    } else if (left instanceof Tuple a && right instanceof Tuple b) {
      return Tuple.of(joined(execution, a.items(), b.items()));
    } else if (PythonText.isText(left)) {
      throw PythonError.type("can only concatenate str (not \"%s\") to str", Types.name(right));
    }
    throw unsupported("+", left, right);
  }

  private static List<Object> joined(Execution execution, List<?> left, List<?> right) {
    execution.charge((long) left.size() + right.size());
    List<Object> all = new ArrayList<>(left);
    all.addAll(right);
    return all;
  }

  private static Object repeated(Execution execution, Object value, Object count) {
    int times = Math.max(0, Numbers.index(count));
    if (PythonText.isText(value)) {
      String text = PythonText.raw(value);
      execution.requireText((long) text.length() * times);
      String all = text.isEmpty() ? "" : text.repeat(times);
      return value instanceof Markup ? new Markup(all) : all;
    } else if (value instanceof List<?> list) {
      return repeated(execution, list, times);
    } else if (value instanceof Tuple tuple) {
      return Tuple.of(repeated(execution, tuple.items(), times));
    }
    throw unsupported("*", value, count);
  }

  private static List<Object> repeated(Execution execution, List<?> items, int times) {
    execution.charge((long) items.size() * times);
    List<Object> all = new ArrayList<>();
    for (int i = 0; i < times && !items.isEmpty(); i++) {
      all.addAll(items);
    }
    return all;
  }

  /** {@code -value} or {@code +value}. */
  static Object signed(String sign, Object value) {
    if (value instanceof Undefined undefined) {
      throw undefined.error();
    }
    if (!Numbers.isNumber(value)) {
      throw PythonError.type("bad operand type for unary %s: '%s'", sign, Types.name(value));
    }
    return sign.equals("-") ? Numbers.negative(value) : Numbers.apply("+", value, 0L);
  }
}
