package org.plumbline.model.chat.jinja;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;

/** The tests behind {@code is}. */
final class Predicates {
  /** One test of a value. */
  @FunctionalInterface
  interface Test {
    boolean holds(Execution execution, Object value, Arguments arguments);
  }

  private static final Map<String, Test> ALL = new HashMap<>();

  static {
    types();
    numbers();
    comparisons();
  }

  private Predicates() {}

  static boolean isKnown(String name) {
    return ALL.containsKey(name);
  }

  static boolean holds(Execution execution, String name, Object value, Arguments arguments) {
    Test test = ALL.get(name);
    if (test == null) {
      throw PythonError.runtime("No test named '%s'.", name);
    }
    return test.holds(execution, value, arguments);
  }

  private static void put(String name, Predicate<Object> test) {
    ALL.put(
        name,
        (execution, value, arguments) -> {
          arguments.bind(name, 0);
          return test.test(value);
        });
  }

  private static void types() {
    put("defined", value -> !(value instanceof Undefined));
    put("undefined", value -> value instanceof Undefined);
    put("none", value -> value == None.NONE);
    put("boolean", value -> value instanceof Boolean);
    put("true", value -> Boolean.TRUE.equals(value));
    put("false", value -> Boolean.FALSE.equals(value));
    put("integer", value -> Numbers.isInteger(value) && !(value instanceof Boolean));
    put("float", value -> value instanceof Double);
    put("number", Numbers::isNumber);
    put("string", PythonText::isText);
    put("mapping", value -> value instanceof Map<?, ?>);
    put("sequence", Sequences::isSequence);
    put("iterable", Sequences::isIterable);
    put("callable", value -> value instanceof PythonCallable || value instanceof Undefined);
    put("escaped", value -> value instanceof Markup);
    text("lower", TextPredicates::isLower);
    text("upper", TextPredicates::isUpper);
    text("filter", Filters::isKnown);
    text("test", Predicates::isKnown);
  }

  /** A test of what the value prints as. */
  private static void text(String name, Predicate<String> test) {
    ALL.put(
        name,
        (execution, value, arguments) -> {
          arguments.bind(name, 0);
          return test.test(PythonText.str(execution, value));
        });
  }

  private static void numbers() {
    ALL.put("odd", (execution, value, arguments) -> remainder(execution, value, 2L, 1L));
    ALL.put("even", (execution, value, arguments) -> remainder(execution, value, 2L, 0L));
    ALL.put(
        "divisibleby",
        (execution, value, arguments) ->
            remainder(execution, value, other("divisibleby", arguments), 0L));
  }

  private static boolean remainder(Execution execution, Object value, Object by, Object wanted) {
    return Comparisons.equal(execution, Operators.apply(execution, "%", value, by), wanted);
  }

  private static Object other(String name, Arguments arguments) {
    return arguments.bind(name, 1, "other").get("other");
  }

  private static void comparisons() {
    Map.of(
            "==", new String[] {"eq", "equalto"},
            "!=", new String[] {"ne"},
            ">", new String[] {"gt", "greaterthan"},
            ">=", new String[] {"ge"},
            "<", new String[] {"lt", "lessthan"},
            "<=", new String[] {"le"})
        .forEach(
            (operator, names) -> {
              compare(operator, operator);
              for (String name : names) {
                compare(name, operator);
              }
            });
    ALL.put(
        "in",
        (execution, value, arguments) ->
            Comparisons.contains(execution, other("in", arguments), value));
    ALL.put("sameas", (execution, value, arguments) -> isSame(value, other("sameas", arguments)));
  }

  private static void compare(String name, String operator) {
    ALL.put(
        name,
        (execution, value, arguments) ->
            Comparisons.holds(execution, operator, value, other(name, arguments)));
  }

  /** One object to Python: constants, small integers and equal texts of a template are shared. */
  private static boolean isSame(Object left, Object right) {
    return left == right
        || (left.equals(right)
            && (left instanceof Boolean || left instanceof Long || left instanceof String));
  }
}
