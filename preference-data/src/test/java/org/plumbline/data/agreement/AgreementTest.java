package org.plumbline.data.agreement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.rng.UniformRandomProvider;
import org.junit.jupiter.api.Test;
import org.plumbline.data.Annotator;
import org.plumbline.data.Answer;
import org.plumbline.data.Judgement;
import org.plumbline.data.Preference;
import org.plumbline.data.Prompt;
import org.plumbline.data.Provenance;
import org.plumbline.stage.RandomStreams;

class AgreementTest {
  private static Preference judged(
      String item, String annotator, List<String> answers, Judgement judgement, boolean gold) {
    return new Preference(
        item + annotator,
        Prompt.raw(item, "prompt " + item),
        answers.stream().map(Answer::of).toList(),
        judgement,
        new Provenance(Annotator.person(annotator), Optional.empty(), "", gold, ""),
        Map.of());
  }

  @Test
  void theOrderShownDoesNotMatter() {
    ComparisonLabels labels = new ComparisonLabels();
    labels.add(judged("1", "a", List.of("x", "y"), Judgement.better(true), false));
    labels.add(judged("1", "b", List.of("y", "x"), Judgement.better(false), false));
    labels.add(judged("2", "a", List.of("x", "y"), Judgement.tie(2), false));
    labels.add(judged("2", "b", List.of("y", "x"), Judgement.tie(2), false));
    labels.add(judged("3", "a", List.of("x", "y"), Judgement.better(true), false));
    labels.add(judged("3", "b", List.of("x", "y"), Judgement.of(Judgement.Kind.ABSTAINED), false));
    AgreementReport report = labels.report();
    assertThat(report.raw()).hasValue(1);
    assertThat(report.items()).isEqualTo(3);
    assertThat(report.repeated()).isEqualTo(2);
    assertThat(report.abstentions()).isEqualTo(1);
    assertThat(report.pairs()).hasSize(1);
    assertThat(report.pairs().get(0).kappa().orElseThrow()).isEqualTo(1, within(1e-12));
    assertThat(report.annotators().get(0).shownFirst()).hasValue(1);
    assertThat(report.annotators().get(1).shownFirst()).hasValue(0);
  }

  @Test
  void aRankingCountsAsItsPairsAndARepeatOnce() {
    ComparisonLabels labels = new ComparisonLabels();
    Preference ranking =
        judged("1", "a", List.of("x", "y", "z"), Judgement.ranked(List.of(1, 2, 2)), false);
    labels.add(ranking);
    labels.add(ranking);
    labels.add(judged("1", "b", List.of("z", "x"), Judgement.better(false), false));
    AgreementReport report = labels.report();
    assertThat(report.items()).isEqualTo(3);
    assertThat(report.labels()).isEqualTo(4);
    assertThat(labels.repeats()).isEqualTo(3);
    assertThat(report.raw()).hasValue(1);
  }

  @Test
  void goldItemsScoreAnnotatorsWithWilsonsInterval() {
    ComparisonLabels labels = new ComparisonLabels();
    for (int i = 0; i < 10; i++) {
      String item = "g" + i;
      labels.add(judged(item, "boss", List.of("x", "y"), Judgement.better(true), true));
      labels.add(judged(item, "ann", List.of("x", "y"), Judgement.better(i != 0), false));
    }
    GoldScore score = labels.report().annotators().get(0).gold().orElseThrow();
    assertThat(score.right()).isEqualTo(9);
    assertThat(score.items()).isEqualTo(10);
    // statsmodels.stats.proportion.proportion_confint(9, 10, method="wilson")
    assertThat(score.lower()).isEqualTo(0.5958499, within(1e-6));
    assertThat(score.upper()).isEqualTo(0.9821238, within(1e-6));
  }

  /**
   * Five annotators label most of 2,000 items, rightly by 90, 80 and three times 60 %. With so few
   * labels per item the model itself finds their shares within 0.06 only (eight seeds of a second
   * implementation).
   */
  private static Labels simulated(Map<String, Integer> truth) {
    double[] right = {0.9, 0.8, 0.6, 0.6, 0.6};
    Labels labels = new Labels(2);
    for (int i = 0; i < 2000; i++) {
      UniformRandomProvider random = RandomStreams.of(3, "agreement", i);
      int category = random.nextInt(2);
      truth.put("i" + i, category);
      for (int a = 0; a < right.length; a++) {
        if (random.nextDouble() < 0.7) {
          int said = random.nextDouble() < right[a] ? category : 1 - category;
          labels.add(new Labels.Label("i" + i, "a" + a, said, Optional.empty()));
        }
      }
    }
    return labels;
  }

  @Test
  void theModelBeatsTheMajorityAndFindsWhomToBelieve() {
    Map<String, Integer> truth = new HashMap<>();
    Labels labels = simulated(truth);
    DawidSkene model = DawidSkene.fit(labels);
    assertThat(model.weights().get("a0")).isEqualTo(0.9, within(0.08));
    assertThat(model.weights().get("a1")).isEqualTo(0.8, within(0.08));
    assertThat(model.weights().get("a2")).isEqualTo(0.6, within(0.08));
    double byModel = 0;
    double byVote = 0;
    for (Map.Entry<String, Integer> one : model.winners().entrySet()) {
      byModel += truth.get(one.getKey()).equals(one.getValue()) ? 1 : 0;
      long ones = labels.byItem().get(one.getKey()).stream().filter(l -> l.category() == 1).count();
      double share = (double) ones / labels.byItem().get(one.getKey()).size();
      int voted = share > 0.5 ? 1 : 0;
      byVote += share == 0.5 ? 0.5 : truth.get(one.getKey()) == voted ? 1 : 0;
    }
    assertThat(byModel).isGreaterThan(byVote + 60);
    model
        .consensus()
        .values()
        .forEach(shares -> assertThat(shares[0] + shares[1]).isEqualTo(1, within(1e-9)));
  }

  @Test
  void anAnnotatorWhoTiresIsSeen() {
    Map<String, Integer> truth = new HashMap<>();
    List<Labels.Label> tiring = new ArrayList<>();
    List<Labels.Label> steady = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      UniformRandomProvider random = RandomStreams.of(4, "drift", i);
      truth.put("i" + i, 1);
      Optional<Instant> time = Optional.of(Instant.ofEpochSecond(1000L * (400 - i)));
      boolean late = i < 200; // the times run backwards
      double error = late ? 0.35 : 0.05;
      tiring.add(new Labels.Label("i" + i, "t", random.nextDouble() < error ? 0 : 1, time));
      steady.add(new Labels.Label("i" + i, "s", random.nextDouble() < 0.2 ? 0 : 1, time));
    }
    Drift found = Drift.of(tiring, truth);
    assertThat(found.windows()).hasSize(5);
    assertThat(found.windows().get(0)).isGreaterThan(found.windows().get(4) + 0.15);
    assertThat(found.p()).isLessThan(1e-6);
    assertThat(Drift.of(steady, truth).p()).isGreaterThan(0.01);
  }

  @Test
  void theTrendTestIsCochranAndArmitages() {
    // z = 2.1602469 by hand: hits 2, 4, 8 of 10 each; share 14/30, spread 20, covariance 6
    double expected =
        2
            * (1
                - new org.apache.commons.math3.distribution.NormalDistribution(null, 0, 1)
                    .cumulativeProbability(6 / Math.sqrt(14.0 / 30 * 16.0 / 30 * 20)));
    assertThat(Drift.trend(new int[] {2, 4, 8}, new int[] {10, 10, 10}))
        .isEqualTo(expected, within(1e-12));
    assertThat(Drift.trend(new int[] {10, 10}, new int[] {10, 10})).isEqualTo(1);
    assertThat(Drift.trend(new int[0], new int[0])).isEqualTo(1);
  }

  @Test
  void whatIsNotDefinedIsEmpty() {
    assertThat(CohenKappa.of(new int[] {1, 1}, new int[] {1, 1})).isEmpty();
    assertThat(CohenKappa.of(new int[0], new int[0])).isEmpty();
    assertThat(FleissKappa.of(new int[][] {{1, 0}, {0, 1}})).isEmpty();
    assertThat(FleissKappa.of(new int[0][])).isEmpty();
    assertThat(
            KrippendorffAlpha.of(
                List.of(List.of(1.0), List.of(2.0)), KrippendorffAlpha.Level.NOMINAL))
        .isEmpty();
  }
}
