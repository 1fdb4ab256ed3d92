package org.plumbline.data.agreement;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import org.plumbline.data.Comparison;
import org.plumbline.data.Judgement;
import org.plumbline.data.Preference;
import org.plumbline.data.Provenance;

/**
 * Gathers comparisons as labels: the first answer is better, tie, the second is better, in an order
 * that does not depend on how the answers were shown. A ranking counts as all its pairs. Gold
 * judgements are answers to compare with, not labels of an annotator.
 */
public final class ComparisonLabels {
  /** Category of a tie. */
  public static final int TIE = 1;

  private static final int CATEGORIES = 3;

  private final Labels labels = new Labels(CATEGORIES);
  private final Map<String, Integer> gold = new HashMap<>();
  private final Map<String, int[]> shownFirst = new HashMap<>();
  private final Set<String> seen = new HashSet<>();
  private int abstentions;
  private int repeats;

  /** Takes a preference; one without an order says nothing here. */
  public void add(Preference preference) {
    if (preference.judgement().kind() == Judgement.Kind.ABSTAINED) {
      abstentions++;
    }
    Provenance from = preference.provenance();
    String annotator = name(preference);
    for (Comparison comparison : Comparison.of(preference)) {
      int category = comparison.order() + 1;
      if (from.gold()) {
        gold.put(comparison.item(), category);
      } else if (seen.add(annotator + "\u001f" + comparison.item())) {
        labels.add(new Labels.Label(comparison.item(), annotator, category, from.time()));
        countShown(annotator, comparison);
      } else {
        repeats++;
      }
    }
  }

  private static String name(Preference preference) {
    String name = preference.provenance().annotator().name();
    String version = preference.provenance().annotator().version();
    return name.isEmpty() ? "(unknown)" : version.isEmpty() ? name : name + " " + version;
  }

  private void countShown(String annotator, Comparison comparison) {
    if (comparison.order() != 0) {
      int[] counts = shownFirst.computeIfAbsent(annotator, name -> new int[2]);
      counts[0] += comparison.shownFirstWon() ? 1 : 0;
      counts[1]++;
    }
  }

  Labels labels() {
    return labels;
  }

  Map<String, Integer> gold() {
    return gold;
  }

  int abstentions() {
    return abstentions;
  }

  /** Judgements of an item that its annotator had judged before; the first one counts. */
  public int repeats() {
    return repeats;
  }

  OptionalDouble shownFirst(String annotator) {
    int[] counts = shownFirst.get(annotator);
    return counts == null
        ? OptionalDouble.empty()
        : OptionalDouble.of((double) counts[0] / counts[1]);
  }

  /** Dawid and Skene's model of these labels. */
  public DawidSkene consensus() {
    return DawidSkene.fit(labels);
  }

  /** All figures. */
  public AgreementReport report() {
    return new AgreementFigures(this).report();
  }
}
