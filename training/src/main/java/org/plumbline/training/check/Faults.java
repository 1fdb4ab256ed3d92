package org.plumbline.training.check;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Findings of a dataset, each kind told once: with the first row that has it and how many do. */
public final class Faults {
  private final Map<String, String> first = new LinkedHashMap<>();
  private final Map<String, Integer> counts = new LinkedHashMap<>();

  /**
   * Notes a finding.
   *
   * @param kind which later ones of this kind only add to
   */
  public void note(String kind, String sentence) {
    first.putIfAbsent(kind, sentence);
    counts.merge(kind, 1, Integer::sum);
  }

  /** Everything found, in sentences. */
  public List<String> sentences() {
    List<String> sentences = new ArrayList<>();
    first.forEach(
        (kind, sentence) -> {
          int count = counts.getOrDefault(kind, 1);
          sentences.add(count > 1 ? "%s (%d rows)".formatted(sentence, count) : sentence);
        });
    return sentences;
  }
}
