package org.plumbline.model.chat.jinja;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** Filters that count, join, cut and take from sequences. */
final class SequenceFilters {
  private SequenceFilters() {}

  static void addTo(Map<String, Filters.Filter> filters) {
    Filters.putPlain(filters, "length", SequenceFilters::length);
    Filters.putPlain(filters, "count", SequenceFilters::length);
    Filters.putPlain(filters, "list", Sequences::list);
    Filters.putPlain(filters, "items", (execution, value) -> items(value));
    Filters.putPlain(filters, "first", SequenceFilters::first);
    Filters.putPlain(filters, "last", SequenceFilters::last);
    Filters.putPlain(filters, "reverse", SequenceFilters::reverse);
    filters.put("join", SequenceFilters::join);
    filters.put("sum", SequenceFilters::sum);
    filters.put("batch", SequenceFilters::batch);
    filters.put("slice", SequenceFilters::slice);
  }

  private static Object length(Execution execution, Object value) {
    return (long) Sequences.length(execution, value);
  }

  private static Object items(Object value) {
    if (value instanceof Undefined) {
      return new Generator(Collections.emptyIterator());
    }
    if (value instanceof Map<?, ?> dict) {
      return new Generator(Dicts.items(dict).items().iterator());
    }
    throw PythonError.type("Can only get item pairs from a mapping.");
  }

  private static Object first(Execution execution, Object value) {
    Iterator<Object> items = Sequences.iterate(execution, value);
    return items.hasNext() ? items.next() : Undefined.of("No first item, sequence was empty.");
  }

  private static Object last(Execution execution, Object value) {
    List<Object> items = Sequences.reversed(execution, value);
    return items.isEmpty() ? Undefined.of("No last item, sequence was empty.") : items.get(0);
  }

  private static Object reverse(Execution execution, Object value) {
    if (PythonText.isText(value)) {
      return new StringBuilder(PythonText.raw(value)).reverse().toString();
    }
    if (!Sequences.isIterable(value)) {
      throw PythonError.argument("argument must be iterable");
    }
    List<Object> items = Sequences.list(execution, value);
    Collections.reverse(items);
    return value instanceof Generator ? items : new Generator(items.iterator());
  }

  private static Object join(Execution execution, Object value, Arguments arguments) {
    Arguments.Bound bound = arguments.bind("join", 0, "d", "attribute");
    String separator = PythonText.str(execution, bound.get("d", ""));
    ItemPath path = ItemPath.of(bound.get("attribute"));
    TextBuffer text = new TextBuffer(execution);
    Iterator<Object> items = Sequences.iterate(execution, value);
    while (items.hasNext()) {
      text.append(PythonText.str(execution, path.of(execution, items.next())));
      text.append(items.hasNext() ? separator : "");
    }
    return text.toString();
  }

  private static Object sum(Execution execution, Object value, Arguments arguments) {
    Arguments.Bound bound = arguments.bind("sum", 0, "attribute", "start");
    ItemPath path = ItemPath.of(bound.get("attribute"));
    Object total = bound.get("start", 0L);
    if (PythonText.isText(total)) {
      throw PythonError.type("sum() can't sum strings [use ''.join(seq) instead]");
    }
    Iterator<Object> items = Sequences.iterate(execution, value);
    while (items.hasNext()) {
      total = Operators.apply(execution, "+", total, path.of(execution, items.next()));
    }
    return total;
  }

  private static Object batch(Execution execution, Object value, Arguments arguments) {
    Arguments.Bound bound = arguments.bind("batch", 1, "linecount", "fill_with");
    int size = Math.max(1, bound.integer("linecount", 1));
    List<Object> items = Sequences.list(execution, value);
    List<Object> batches = new ArrayList<>();
    for (int start = 0; start < items.size(); start += size) {
      List<Object> batch =
          new ArrayList<>(items.subList(start, (int) Math.min(items.size(), (long) start + size)));
      if (bound.has("fill_with")) {
        execution.charge(size - batch.size());
        batch.addAll(Collections.nCopies(size - batch.size(), bound.get("fill_with")));
      }
      batches.add(batch);
    }
    return new Generator(batches.iterator());
  }

  private static Object slice(Execution execution, Object value, Arguments arguments) {
    Arguments.Bound bound = arguments.bind("slice", 1, "slices", "fill_with");
    int count = bound.integer("slices", 1);
    List<Object> items = Sequences.list(execution, value);
    if (count == 0) {
      throw PythonError.zeroDivision("integer division or modulo by zero");
    }
    execution.charge(Math.max(0, count));
    List<Object> slices = new ArrayList<>();
    int start = 0;
    for (int i = 0; i < count; i++) {
      boolean longer = i < items.size() % count;
      int end = start + items.size() / count + (longer ? 1 : 0);
      List<Object> slice = new ArrayList<>(items.subList(start, end));
      if (bound.has("fill_with") && !longer) {
        slice.add(bound.get("fill_with"));
      }
      slices.add(slice);
      start = end;
    }
    return new Generator(slices.iterator());
  }
}
