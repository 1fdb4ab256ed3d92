package org.plumbline.model.chat.jinja;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/** What can be gone through, counted, indexed and cut. */
final class Sequences {
  private Sequences() {}

  static boolean isIterable(Object value) {
    return hasLength(value) || value instanceof Generator || value instanceof LoopContext;
  }

  private static boolean hasLength(Object value) {
    return PythonText.isText(value)
        || value instanceof List<?>
        || value instanceof Map<?, ?>
        || value instanceof Tuple
        || value instanceof View
        || value instanceof Range
        || value instanceof Undefined;
  }

  /** Whether it has a length and elements by index, as the test {@code sequence} asks. */
  static boolean isSequence(Object value) {
    return hasLength(value) && !(value instanceof View);
  }

  /** Goes through the value; each element is a step of work. */
  static Iterator<Object> iterate(Execution execution, Object value) {
    Iterator<?> items = iterator(value);
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return items.hasNext();
      }

      @Override
      public Object next() {
        execution.tick();
        return items.next();
      }
    };
  }

  private static Iterator<?> iterator(Object value) {
    if (value instanceof List<?> list) {
      return list.iterator();
    } else if (value instanceof Map<?, ?> dict) {
      return dict.keySet().iterator();
    } else if (PythonText.isText(value)) {
      return CodePoints.iterate(PythonText.raw(value));
    } else if (value instanceof Tuple tuple) {
      return tuple.items().iterator();
    } else if (value instanceof View view) {
      return view.items().iterator();
    } else if (value instanceof Range range) {
      return range.items().iterator();
    } else if (value instanceof Generator generator) {
      return generator.rest();
    } else if (value instanceof Undefined) {
      return Collections.emptyIterator();
    }
    throw PythonError.type("'%s' object is not iterable", Types.name(value));
  }

  /** All elements. */
  static List<Object> list(Execution execution, Object value) {
    List<Object> items = new ArrayList<>();
    iterate(execution, value).forEachRemaining(items::add);
    return items;
  }

  /** Number of elements, where Python can tell without going through them. */
  static OptionalInt size(Execution execution, Object value) {
    if (PythonText.isText(value)) {
      execution.chargeText(PythonText.raw(value).length());
      return OptionalInt.of(CodePoints.length(PythonText.raw(value)));
    } else if (value instanceof List<?> list) {
      return OptionalInt.of(list.size());
    } else if (value instanceof Map<?, ?> dict) {
      return OptionalInt.of(dict.size());
    } else if (value instanceof Tuple tuple) {
      return OptionalInt.of(tuple.items().size());
    } else if (value instanceof View view) {
      return OptionalInt.of(view.items().size());
    } else if (value instanceof Range range) {
      return OptionalInt.of(range.size());
    } else if (value instanceof LoopContext loop) {
      return OptionalInt.of(loop.length());
    }
    return value instanceof Undefined ? OptionalInt.of(0) : OptionalInt.empty();
  }

  static int length(Execution execution, Object value) {
    return size(execution, value)
        .orElseThrow(() -> PythonError.type("object of type '%s' has no len()", Types.name(value)));
  }

  /** Elements from the last to the first. */
  static List<Object> reversed(Execution execution, Object value) {
    if (!hasLength(value)) {
      throw PythonError.type("'%s' object is not reversible", Types.name(value));
    }
    List<Object> items = list(execution, value);
    Collections.reverse(items);
    return items;
  }

  /** Whether the value's elements have places. */
  static boolean isIndexed(Object value) {
    return PythonText.isText(value)
        || value instanceof List<?>
        || value instanceof Tuple
        || value instanceof Range;
  }

  /** The element at an index, negative ones from the end; Undefined where there is none. */
  static Object at(Execution execution, Object sequence, Object index) {
    int size = length(execution, sequence);
    int at = Numbers.index(index);
    int place = at < 0 ? at + size : at;
    if (place < 0 || place >= size) {
      return Undefined.missing(sequence, index);
    }
    if (PythonText.isText(sequence)) {
      return CodePoints.slice(PythonText.raw(sequence), place, place + 1);
    }
    return elements(sequence).get(place);
  }

  private static List<?> elements(Object sequence) {
    if (sequence instanceof Tuple tuple) {
      return tuple.items();
    }
    return sequence instanceof Range range ? range.items() : (List<?>) sequence;
  }

  /** Python's {@code sequence[start:stop:step]}; None stands for a part left out. */
  static Object slice(
      Execution execution, Object sequence, Object start, Object stop, Object step) {
    if (sequence instanceof Undefined undefined) {
      throw undefined.error();
    }
    if (!isIndexed(sequence)) {
      throw PythonError.type("'%s' object is not subscriptable", Types.name(sequence));
    }
    int by = bound(step, 1);
    if (by == 0) {
      throw PythonError.value("slice step cannot be zero");
    }
    int size = length(execution, sequence);
    int from = clamp(bound(start, by > 0 ? 0 : size - 1), size, by, start == None.NONE);
    int to = clamp(bound(stop, by > 0 ? size : -1), size, by, stop == None.NONE);
    if (PythonText.isText(sequence) && by == 1) {
      String text = PythonText.raw(sequence);
      String piece = from < to ? CodePoints.slice(text, from, to) : "";
      execution.requireText(piece.length());
      return sequence instanceof Markup ? new Markup(piece) : piece;
    }
    return picked(execution, sequence, from, to, by);
  }

  private static Object picked(Execution execution, Object sequence, int from, int to, int by) {
    boolean isText = PythonText.isText(sequence);
    List<?> elements = isText ? list(execution, sequence) : elements(sequence);
    List<Object> kept = new ArrayList<>();
    for (long i = from; by > 0 ? i < to : i > to; i += by) {
      execution.tick();
      kept.add(elements.get((int) i));
    }
    if (isText) {
      String text = String.join("", kept.stream().map(Object::toString).toList());
      return sequence instanceof Markup ? new Markup(text) : text;
    }
    return sequence instanceof Tuple ? Tuple.of(kept) : kept;
  }

  private static int bound(Object value, int fallback) {
    if (value == None.NONE) {
      return fallback;
    }
    if (value instanceof Undefined || !Numbers.isInteger(value)) {
      throw PythonError.type("slice indices must be integers or None or have an __index__ method");
    }
    return Numbers.index(value);
  }

  /** Counts negative bounds from the end and keeps all within reach of the step's direction. */
  private static int clamp(int bound, int size, int step, boolean absent) {
    if (absent) {
      return bound;
    }
    int place = bound < 0 ? Math.max(bound + size, -1) : bound;
    return step > 0 ? Math.max(0, Math.min(place, size)) : Math.min(place, size - 1);
  }
}
