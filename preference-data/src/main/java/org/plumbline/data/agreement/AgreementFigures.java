package org.plumbline.data.agreement;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;

/** Computes the figures of a report. */
final class AgreementFigures {
  private final ComparisonLabels source;
  private final Labels labels;
  private final Map<String, Integer> right = new HashMap<>();
  private final Map<String, Double> weights;

  AgreementFigures(ComparisonLabels source) {
    this.source = source;
    this.labels = source.labels();
    DawidSkene model = source.consensus();
    model.winners().forEach(this::putIfShared);
    right.putAll(source.gold());
    weights = model.weights();
  }

  /** Where one label stands alone the consensus is that label, and says nothing about it. */
  private void putIfShared(String item, int category) {
    if (labels.byItem().getOrDefault(item, List.of()).size() > 1) {
      right.put(item, category);
    }
  }

  AgreementReport report() {
    int[][] counts = labels.counts();
    Map<KrippendorffAlpha.Level, OptionalDouble> alphas =
        new EnumMap<>(KrippendorffAlpha.Level.class);
    for (KrippendorffAlpha.Level level :
        List.of(KrippendorffAlpha.Level.NOMINAL, KrippendorffAlpha.Level.ORDINAL)) {
      alphas.put(level, KrippendorffAlpha.of(labels.values(), level));
    }
    List<PairAgreement> pairs = pairs();
    return new AgreementReport(
        counts.length,
        (int) labels.byItem().values().stream().filter(item -> item.size() > 1).count(),
        labels.all().size(),
        source.abstentions(),
        FleissKappa.observed(counts),
        FleissKappa.of(counts),
        alphas,
        annotators(pairs),
        pairs);
  }

  private List<AnnotatorReport> annotators(List<PairAgreement> pairs) {
    Map<String, List<Labels.Label>> own = new TreeMap<>();
    labels
        .all()
        .forEach(
            label -> own.computeIfAbsent(label.annotator(), n -> new ArrayList<>()).add(label));
    List<AnnotatorReport> reports = new ArrayList<>();
    own.forEach(
        (name, given) ->
            reports.add(
                new AnnotatorReport(
                    name,
                    given.size(),
                    withOthers(name, pairs),
                    weights.getOrDefault(name, 0.0),
                    gold(given),
                    Drift.of(given, right),
                    source.shownFirst(name))));
    return reports;
  }

  private static OptionalDouble withOthers(String name, List<PairAgreement> pairs) {
    double same = 0;
    int items = 0;
    for (PairAgreement pair : pairs) {
      if (pair.first().equals(name) || pair.second().equals(name)) {
        same += pair.raw() * pair.items();
        items += pair.items();
      }
    }
    return items == 0 ? OptionalDouble.empty() : OptionalDouble.of(same / items);
  }

  private Optional<GoldScore> gold(List<Labels.Label> given) {
    int items = 0;
    int hits = 0;
    for (Labels.Label label : given) {
      Integer known = source.gold().get(label.item());
      if (known != null) {
        items++;
        hits += known == label.category() ? 1 : 0;
      }
    }
    return items == 0 ? Optional.empty() : Optional.of(new GoldScore(hits, items));
  }

  /** Every two annotators who share items. */
  private List<PairAgreement> pairs() {
    Map<String, Map<String, List<int[]>>> shared = new TreeMap<>();
    for (List<Labels.Label> item : labels.byItem().values()) {
      for (Labels.Label one : item) {
        for (Labels.Label other : item) {
          if (one.annotator().compareTo(other.annotator()) < 0) {
            shared
                .computeIfAbsent(one.annotator(), name -> new TreeMap<>())
                .computeIfAbsent(other.annotator(), name -> new ArrayList<>())
                .add(new int[] {one.category(), other.category()});
          }
        }
      }
    }
    List<PairAgreement> pairs = new ArrayList<>();
    shared.forEach(
        (first, others) -> others.forEach((second, both) -> pairs.add(pair(first, second, both))));
    return pairs;
  }

  private static PairAgreement pair(String first, String second, List<int[]> both) {
    int[] one = both.stream().mapToInt(labels -> labels[0]).toArray();
    int[] other = both.stream().mapToInt(labels -> labels[1]).toArray();
    long same = both.stream().filter(labels -> labels[0] == labels[1]).count();
    return new PairAgreement(
        first, second, both.size(), (double) same / both.size(), CohenKappa.of(one, other));
  }
}
