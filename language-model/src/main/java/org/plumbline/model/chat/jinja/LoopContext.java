package org.plumbline.model.chat.jinja;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.BiFunction;

/** The variable {@code loop}; looks at most one element ahead unless its length is asked for. */
final class LoopContext implements PythonCallable {
  private final Execution execution;
  private final Optional<BiFunction<Object, Integer, String>> recursion;
  private final int depth0;
  private OptionalInt length;
  private Iterator<Object> rest;
  private Optional<Object> ahead = Optional.empty();
  private Object previous = None.NONE;
  private Object current = None.NONE;
  private List<Object> lastChanged = List.of();
  private boolean everChanged;
  private long index0 = -1;

  /**
   * A loop before its first element.
   *
   * @param length of the elements where it is known without going through them
   * @param recursion renders the loop's body for other elements, one level deeper
   */
  LoopContext(
      Execution execution,
      Iterator<Object> elements,
      OptionalInt length,
      Optional<BiFunction<Object, Integer, String>> recursion,
      int depth0) {
    this.execution = execution;
    this.rest = elements;
    this.length = length;
    this.recursion = recursion;
    this.depth0 = depth0;
  }

  /** The next element, or nothing at the end. */
  Optional<Object> next() {
    Optional<Object> next = peek();
    if (next.isPresent()) {
      ahead = Optional.empty();
      index0++;
      previous = current;
      current = next.get();
    }
    return next;
  }

  private Optional<Object> peek() {
    if (ahead.isEmpty() && rest.hasNext()) {
      ahead = Optional.of(rest.next());
    }
    return ahead;
  }

  /** Number of elements; goes through the rest where it has to. */
  int length() {
    if (length.isEmpty()) {
      List<Object> others = new ArrayList<>();
      rest.forEachRemaining(others::add);
      rest = others.iterator();
      length = OptionalInt.of((int) (others.size() + index0 + 1 + (ahead.isPresent() ? 1 : 0)));
    }
    return length.getAsInt();
  }

  Object attribute(String name) {
    return switch (name) {
      case "index" -> index0 + 1;
      case "index0" -> index0;
      case "revindex" -> length() - index0;
      case "revindex0" -> length() - index0 - 1;
      case "first" -> index0 == 0;
      case "last" -> peek().isEmpty();
      case "length" -> (long) length();
      case "depth" -> depth0 + 1L;
      case "depth0" -> (long) depth0;
      case "previtem" -> index0 == 0 ? Undefined.of("there is no previous item") : previous;
      case "nextitem" -> peek().orElseGet(() -> Undefined.of("there is no next item"));
      case "cycle" -> (PythonCallable) (any, arguments) -> cycle(arguments);
      case "changed" -> (PythonCallable) (any, arguments) -> changed(arguments);
      default -> Undefined.missing(this, name);
    };
  }

  private Object cycle(Arguments arguments) {
    List<Object> values = arguments.positional();
    if (values.isEmpty()) {
      throw PythonError.type("no items for cycling given");
    }
    return values.get((int) (index0 % values.size()));
  }

  private boolean changed(Arguments arguments) {
    List<Object> values = arguments.positional();
    if (everChanged && Comparisons.equal(execution, lastChanged, values)) {
      return false;
    }
    everChanged = true;
    lastChanged = values;
    return true;
  }

  @Override
  public Object call(Execution any, Arguments arguments) {
    if (recursion.isEmpty()) {
      throw PythonError.type("The loop must have the 'recursive' marker to be called recursively.");
    }
    Object elements = arguments.bind("loop", 1, "iterable").get("iterable");
    return recursion.get().apply(elements, depth0 + 1);
  }
}
