package org.plumbline.sft.classify;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The most frequent of some names. */
final class MostFrequent {
  private MostFrequent() {}

  /** Of equally frequent ones the first in the alphabet. */
  static String of(Stream<String> names) {
    Map<String, Long> counts =
        names.collect(Collectors.groupingBy(name -> name, TreeMap::new, Collectors.counting()));
    long most = counts.values().stream().mapToLong(Long::longValue).max().orElseThrow();
    return counts.entrySet().stream()
        .filter(count -> count.getValue() == most)
        .map(Map.Entry::getKey)
        .findFirst()
        .orElseThrow();
  }
}
