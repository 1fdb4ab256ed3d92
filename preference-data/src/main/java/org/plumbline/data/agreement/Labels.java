package org.plumbline.data.agreement;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Sparse labels: which annotator gave which item which category, in the order in which they came.
 * Categories count from 0.
 */
public final class Labels {
  /**
   * One label.
   *
   * @param time when it was given, if known
   */
  public record Label(String item, String annotator, int category, Optional<Instant> time) {}

  private final int categories;
  private final List<Label> labels = new ArrayList<>();
  private final Map<String, List<Label>> byItem = new LinkedHashMap<>();

  /** Labels out of so many categories. */
  public Labels(int categories) {
    this.categories = categories;
  }

  /** Adds one. */
  public void add(Label label) {
    if (label.category() < 0 || label.category() >= categories) {
      throw new IllegalArgumentException(
          "category %d of %d".formatted(label.category(), categories));
    }
    labels.add(label);
    byItem.computeIfAbsent(label.item(), item -> new ArrayList<>(2)).add(label);
  }

  /** How many categories there are. */
  public int categories() {
    return categories;
  }

  /** All labels in their order. */
  public List<Label> all() {
    return Collections.unmodifiableList(labels);
  }

  /** The labels of each item. */
  public Map<String, List<Label>> byItem() {
    return Collections.unmodifiableMap(byItem);
  }

  /** Names of the annotators, sorted. */
  public Collection<String> annotators() {
    TreeSet<String> names = new TreeSet<>();
    labels.forEach(label -> names.add(label.annotator()));
    return names;
  }

  /** Labels per item and category (N, K). */
  int[][] counts() {
    return byItem.values().stream()
        .map(
            item -> {
              int[] counts = new int[categories];
              item.forEach(label -> counts[label.category()]++);
              return counts;
            })
        .toArray(int[][]::new);
  }

  /** The categories of each item as numbers. */
  List<List<Double>> values() {
    return byItem.values().stream()
        .map(item -> item.stream().map(label -> (double) label.category()).toList())
        .toList();
  }
}
