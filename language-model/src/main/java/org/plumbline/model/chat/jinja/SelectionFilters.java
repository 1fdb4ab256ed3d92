package org.plumbline.model.chat.jinja;

import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/** The lazy filters: map, select, reject and their kin. */
final class SelectionFilters {
  private SelectionFilters() {}

  static void addTo(Map<String, Filters.Filter> filters) {
    filters.put("map", SelectionFilters::map);
    filters.put("select", (execution, value, args) -> select(execution, value, args, true, false));
    filters.put("reject", (execution, value, args) -> select(execution, value, args, false, false));
    filters.put(
        "selectattr", (execution, value, args) -> select(execution, value, args, true, true));
    filters.put(
        "rejectattr", (execution, value, args) -> select(execution, value, args, false, true));
  }

  private static Object map(Execution execution, Object value, Arguments arguments) {
    if (!Truth.of(value)) {
      return new Generator(Collections.emptyIterator());
    }
    Function<Object, Object> change = change(execution, arguments);
    Iterator<Object> items = Sequences.iterate(execution, value);
    return new Generator(
        new Iterator<>() {
          @Override
          public boolean hasNext() {
            return items.hasNext();
          }

          @Override
          public Object next() {
            return change.apply(items.next());
          }
        });
  }

  private static Function<Object, Object> change(Execution execution, Arguments arguments) {
    if (arguments.positional().isEmpty() && arguments.keywords().containsKey("attribute")) {
      Map<String, Object> keywords = new HashMap<>(arguments.keywords());
      ItemPath path = ItemPath.of(keywords.getOrDefault("attribute", None.NONE));
      ItemPath whole = path.or(keywords.getOrDefault("default", None.NONE));
      keywords.keySet().removeAll(List.of("attribute", "default"));
      if (!keywords.isEmpty()) {
        throw PythonError.argument(
            "Unexpected keyword argument '%s'", keywords.keySet().iterator().next());
      }
      return item -> whole.of(execution, item);
    }
    if (arguments.positional().isEmpty()) {
      throw PythonError.argument("map requires a filter argument");
    }
    String name = PythonText.requireText(arguments.positional().get(0));
    Arguments rest = arguments.from(1);
    return item -> Filters.apply(execution, name, item, rest);
  }

  private static Object select(
      Execution execution, Object value, Arguments arguments, boolean keep, boolean attribute) {
    if (!Truth.of(value)) {
      return new Generator(Collections.emptyIterator());
    }
    List<Object> positional = arguments.positional();
    if (attribute && positional.isEmpty()) {
      throw PythonError.argument("Missing parameter for attribute name");
    }
    ItemPath path = ItemPath.of(attribute ? positional.get(0) : None.NONE);
    int used = attribute ? 1 : 0;
    Predicate<Object> test =
        positional.size() == used
            ? Truth::of
            : test(
                execution, PythonText.requireText(positional.get(used)), arguments.from(used + 1));
    return new Generator(
        new Selected(
            Sequences.iterate(execution, value),
            item -> test.test(path.of(execution, item)) == keep));
  }

  private static Predicate<Object> test(Execution execution, String name, Arguments arguments) {
    return item -> Predicates.holds(execution, name, item, arguments);
  }

  /** The items that pass; an item is tested only when it is asked for. */
  static final class Selected implements Iterator<Object> {
    private final Iterator<Object> items;
    private final Predicate<Object> test;
    private Optional<Object> ahead = Optional.empty();

    Selected(Iterator<Object> items, Predicate<Object> test) {
      this.items = items;
      this.test = test;
    }

    @Override
    public boolean hasNext() {
      while (ahead.isEmpty() && items.hasNext()) {
        ahead = Optional.of(items.next()).filter(test);
      }
      return ahead.isPresent();
    }

    @Override
    public Object next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      Object item = ahead.orElseThrow();
      ahead = Optional.empty();
      return item;
    }
  }
}
