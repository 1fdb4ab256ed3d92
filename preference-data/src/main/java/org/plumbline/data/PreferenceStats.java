package org.plumbline.data;

import java.time.Instant;
import java.util.Comparator;
import java.util.DoubleSummaryStatistics;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Counts over preferences, gathered one by one. Lengths are in characters (UTF-16 units). */
public final class PreferenceStats {
  private static final int LISTED = 20;
  private static final int HEX = 16;

  private final Set<Long> prompts = new HashSet<>();
  private final Set<Long> items = new HashSet<>();
  private final Map<String, Integer> kinds = new TreeMap<>();
  private final Map<Integer, Integer> answers = new TreeMap<>();
  private final Map<Integer, Integer> turns = new TreeMap<>();
  private final Map<String, Integer> annotators = new TreeMap<>();
  private final Map<String, Integer> guidelines = new TreeMap<>();
  private final Map<String, int[]> models = new TreeMap<>();
  private final DoubleSummaryStatistics margins = new DoubleSummaryStatistics();
  private final DoubleSummaryStatistics chosen = new DoubleSummaryStatistics();
  private final DoubleSummaryStatistics rejected = new DoubleSummaryStatistics();
  private int count;
  private int gold;
  private int ties;
  private int longerChosen;
  private @Nullable Instant first;
  private @Nullable Instant last;

  /** Takes a preference. */
  public void add(Preference preference) {
    count++;
    prompts.add(digits(ContentHash.of(preference.prompt().messages())));
    items.add(digits(preference.itemKey()));
    kinds.merge(preference.judgement().kind().label(), 1, Integer::sum);
    ties += preference.judgement().isTie() ? 1 : 0;
    answers.merge(preference.answers().size(), 1, Integer::sum);
    turns.merge(preference.prompt().messages().size(), 1, Integer::sum);
    preference.judgement().margin().ifPresent(margins::accept);
    addProvenance(preference.provenance());
    preference.pairs().stream()
        .filter(pair -> pair.outcome() == Outcome.CHOSEN)
        .forEach(this::addPair);
    addModels(preference);
  }

  private static long digits(String hash) {
    return Long.parseUnsignedLong(hash.substring(0, HEX), HEX);
  }

  private void addProvenance(Provenance from) {
    gold += from.gold() ? 1 : 0;
    String name = from.annotator().name();
    annotators.merge(name.isEmpty() ? "(unknown)" : name, 1, Integer::sum);
    if (!from.guideline().isEmpty()) {
      guidelines.merge(from.guideline(), 1, Integer::sum);
    }
    from.time()
        .ifPresent(
            time -> {
              first = first == null || time.isBefore(first) ? time : first;
              last = last == null || time.isAfter(last) ? time : last;
            });
  }

  private void addPair(PreferencePair pair) {
    chosen.accept(pair.chosen().length());
    rejected.accept(pair.rejected().length());
    longerChosen += pair.chosen().length() > pair.rejected().length() ? 1 : 0;
  }

  private void addModels(Preference preference) {
    List<Integer> ranks = preference.judgement().ranks();
    for (int i = 0; i < preference.answers().size(); i++) {
      String model = preference.answers().get(i).model();
      if (!model.isEmpty()) {
        int[] counts = models.computeIfAbsent(model, name -> new int[2]);
        counts[0]++;
        boolean best = !ranks.isEmpty() && ranks.get(i) == 1 && !preference.judgement().isTie();
        counts[1] += best ? 1 : 0;
      }
    }
  }

  /** All counts as JSON-ready values; what does not occur is absent. */
  public Map<String, Object> toJson() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("preferences", count);
    json.put("prompts", prompts.size());
    json.put("items", items.size());
    json.put("judgements", kinds);
    json.put("ties", ties);
    json.put("gold", gold);
    json.put("answers", answers);
    json.put("prompt_turns", turns);
    json.put("annotators", annotators.size());
    json.put("labels_by_annotator", most(annotators));
    if (!guidelines.isEmpty()) {
      json.put("guidelines", most(guidelines));
    }
    if (first != null && last != null) {
      json.put("first_time", first.toString());
      json.put("last_time", last.toString());
    }
    if (margins.getCount() > 0) {
      json.put("margin_mean", margins.getAverage());
      json.put("margin_max", margins.getMax());
    }
    if (chosen.getCount() > 0) {
      json.put("decided_pairs", chosen.getCount());
      json.put("chosen_characters_mean", chosen.getAverage());
      json.put("rejected_characters_mean", rejected.getAverage());
      json.put("longer_chosen_share", (double) longerChosen / chosen.getCount());
    }
    if (!models.isEmpty()) {
      Map<String, Object> shown = new LinkedHashMap<>();
      models.forEach(
          (name, counts) -> shown.put(name, Map.of("answers", counts[0], "best", counts[1])));
      json.put("models", shown);
    }
    return json;
  }

  /** The largest counts, the largest first. */
  private static Map<String, Integer> most(Map<String, Integer> counts) {
    return counts.entrySet().stream()
        .sorted(Map.Entry.<String, Integer>comparingByValue(Comparator.reverseOrder()))
        .limit(LISTED)
        .collect(
            Collectors.toMap(
                Map.Entry::getKey, Map.Entry::getValue, (one, other) -> one, LinkedHashMap::new));
  }
}
