package org.plumbline.model.chat.jinja;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Filters that order, group and compare; case is ignored unless they are told otherwise. */
final class SortFilters {
  private SortFilters() {}

  static void addTo(Map<String, Filters.Filter> filters) {
    filters.put("sort", SortFilters::sort);
    filters.put("dictsort", SortFilters::dictSort);
    filters.put("unique", SortFilters::unique);
    filters.put("min", (execution, value, args) -> extreme(execution, value, args, "<"));
    filters.put("max", (execution, value, args) -> extreme(execution, value, args, ">"));
    filters.put("groupby", SortFilters::groupBy);
  }

  /** An item and what it is ordered by. */
  private record Keyed(Object key, Object item) {}

  private static Object withoutCase(Object value, boolean caseSensitive) {
    return PythonText.isText(value) && !caseSensitive
        ? PythonText.raw(value).toLowerCase(Locale.ROOT)
        : value;
  }

  private static List<Object> sorted(Execution execution, List<Keyed> items, boolean reverse) {
    Comparator<Keyed> order = (a, b) -> Comparisons.compare(execution, "<", a.key(), b.key());
    return items.stream().sorted(reverse ? order.reversed() : order).map(Keyed::item).toList();
  }

  private static Object sort(Execution execution, Object value, Arguments arguments) {
    Arguments.Bound bound = arguments.bind("sort", 0, "reverse", "case_sensitive", "attribute");
    Object attribute = bound.get("attribute");
    List<ItemPath> paths = new ArrayList<>();
    if (PythonText.isText(attribute)) {
      for (String part : PythonText.raw(attribute).split(",", -1)) {
        paths.add(ItemPath.of(part));
      }
    } else {
      paths.add(ItemPath.of(attribute));
    }
    List<Keyed> items = new ArrayList<>();
    for (Object item : Sequences.list(execution, value)) {
      List<Object> key = new ArrayList<>();
      for (ItemPath path : paths) {
        key.add(withoutCase(path.of(execution, item), bound.flag("case_sensitive")));
      }
      items.add(new Keyed(key, item));
    }
    return sorted(execution, items, bound.flag("reverse"));
  }

  private static Object dictSort(Execution execution, Object value, Arguments arguments) {
    Arguments.Bound bound = arguments.bind("dictsort", 0, "case_sensitive", "by", "reverse");
    String by = bound.text("by", "key");
    if (!by.equals("key") && !by.equals("value")) {
      throw PythonError.argument("You can only sort by either \"key\" or \"value\"");
    }
    if (value instanceof Undefined undefined) {
      throw undefined.error();
    }
    if (!(value instanceof Map<?, ?> dict)) {
      throw PythonError.type("dictsort needs a mapping, not '%s'", Types.name(value));
    }
    List<Keyed> items = new ArrayList<>();
    dict.forEach(
        (key, held) ->
            items.add(
                new Keyed(
                    withoutCase(by.equals("key") ? key : held, bound.flag("case_sensitive")),
                    Tuple.of(key, held))));
    return sorted(execution, items, bound.flag("reverse"));
  }

  private static Object unique(Execution execution, Object value, Arguments arguments) {
    Arguments.Bound bound = arguments.bind("unique", 0, "case_sensitive", "attribute");
    ItemPath path = ItemPath.of(bound.get("attribute"));
    List<Object> seen = new ArrayList<>();
    return new Generator(
        new SelectionFilters.Selected(
            Sequences.iterate(execution, value),
            item -> {
              Object key = withoutCase(path.of(execution, item), bound.flag("case_sensitive"));
              Dicts.requireHashable(key);
              boolean fresh =
                  seen.stream().noneMatch(other -> Comparisons.equal(execution, other, key));
              if (fresh) {
                seen.add(key);
              }
              return fresh;
            }));
  }

  private static Object extreme(
      Execution execution, Object value, Arguments arguments, String better) {
    Arguments.Bound bound = arguments.bind("min", 0, "case_sensitive", "attribute");
    ItemPath path = ItemPath.of(bound.get("attribute"));
    Iterator<Object> items = Sequences.iterate(execution, value);
    if (!items.hasNext()) {
      return Undefined.of("No aggregated item, sequence was empty.");
    }
    Object best = items.next();
    Object bestKey = withoutCase(path.of(execution, best), bound.flag("case_sensitive"));
    while (items.hasNext()) {
      Object item = items.next();
      Object key = withoutCase(path.of(execution, item), bound.flag("case_sensitive"));
      if (Comparisons.holds(execution, better, key, bestKey)) {
        best = item;
        bestKey = key;
      }
    }
    return best;
  }

  private static Object groupBy(Execution execution, Object value, Arguments arguments) {
    Arguments.Bound bound = arguments.bind("groupby", 1, "attribute", "default", "case_sensitive");
    ItemPath path = ItemPath.of(bound.get("attribute")).or(bound.get("default"));
    boolean caseSensitive = bound.flag("case_sensitive");
    List<Keyed> items = new ArrayList<>();
    for (Object item : Sequences.list(execution, value)) {
      items.add(new Keyed(withoutCase(path.of(execution, item), caseSensitive), item));
    }
    List<Object> groups = new ArrayList<>();
    List<Object> group = new ArrayList<>();
    for (Object item : sorted(execution, items, false)) {
      Object key = withoutCase(path.of(execution, item), caseSensitive);
      Object first = group.isEmpty() ? item : group.get(0);
      Object groupKey = withoutCase(path.of(execution, first), caseSensitive);
      if (!group.isEmpty() && !Comparisons.equal(execution, key, groupKey)) {
        groups.add(named(execution, path, group));
        group = new ArrayList<>();
      }
      group.add(item);
    }
    if (!group.isEmpty()) {
      groups.add(named(execution, path, group));
    }
    return groups;
  }

  private static Tuple named(Execution execution, ItemPath path, List<Object> group) {
    return new Tuple(List.of(path.of(execution, group.get(0)), group), List.of("grouper", "list"));
  }
}
