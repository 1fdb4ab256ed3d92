package org.plumbline.evaluation;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.plumbline.data.Prompt;

/**
 * The prompts of an evaluation and their independent units: prompts with one {@code pair_key} are
 * one request rendered for several groups, and are drawn together when intervals are made.
 *
 * @param samples replies per prompt
 * @param units per unit the indexes of its prompts
 */
public record HeldOut(List<Prompt> prompts, int samples, List<int[]> units) {
  /**
   * Groups prompts into units; at least {@code limit} prompts, whole units, if there are as many.
   */
  public static HeldOut of(List<Prompt> all, Optional<Integer> limit, int samples) {
    Map<String, List<Prompt>> byKey = new LinkedHashMap<>();
    for (Prompt prompt : all) {
      JsonNode key = prompt.meta().get("pair_key");
      String unit = key == null ? "id " + prompt.id() : "key " + key.asText();
      byKey.computeIfAbsent(unit, k -> new ArrayList<>()).add(prompt);
    }
    List<Prompt> prompts = new ArrayList<>();
    List<int[]> units = new ArrayList<>();
    for (List<Prompt> unit : byKey.values()) {
      if (prompts.size() < limit.orElse(Integer.MAX_VALUE)) {
        int first = prompts.size();
        int[] indexes = new int[unit.size()];
        java.util.Arrays.setAll(indexes, i -> first + i);
        units.add(indexes);
        prompts.addAll(unit);
      }
    }
    return new HeldOut(List.copyOf(prompts), samples, List.copyOf(units));
  }

  /** The prompt of each reply: every prompt as often as it has replies. */
  public List<Prompt> perReply() {
    List<Prompt> repeated = new ArrayList<>();
    for (Prompt prompt : prompts) {
      for (int i = 0; i < samples; i++) {
        repeated.add(prompt);
      }
    }
    return repeated;
  }

  /** Values of replies, gathered by unit. */
  double[][] byUnit(double[] perReply) {
    double[][] clusters = new double[units.size()][];
    for (int unit = 0; unit < clusters.length; unit++) {
      int[] members = units.get(unit);
      clusters[unit] = new double[members.length * samples];
      for (int i = 0; i < clusters[unit].length; i++) {
        clusters[unit][i] = perReply[members[i / samples] * samples + i % samples];
      }
    }
    return clusters;
  }

  int replies() {
    return prompts.size() * samples;
  }
}
