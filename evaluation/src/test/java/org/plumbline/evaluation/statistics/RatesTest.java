package org.plumbline.evaluation.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.plumbline.stage.statistics.Bootstrap;
import org.plumbline.stage.statistics.Interval;

class RatesTest {
  private static final Bootstrap BOOTSTRAP = new Bootstrap(1, 500);

  @Test
  void tiesCountHalf() {
    WinRate rate =
        WinRate.of(new double[][] {{1, 2}, {3, 0}}, new double[][] {{0, 2}, {3, 1}}, BOOTSTRAP);

    assertThat(rate.wins()).isEqualTo(1);
    assertThat(rate.ties()).isEqualTo(2);
    assertThat(rate.losses()).isEqualTo(1);
    assertThat(rate.rate().value()).isEqualTo(0.5);
  }

  @Test
  void missingVerdictsAreNoTies() {
    WinRate rate = WinRate.ofOutcomes(new double[][] {{1}, {}, {1}}, BOOTSTRAP);

    assertThat(rate.rate().value()).isEqualTo(1);
    assertThat(rate.ties()).isZero();
  }

  private static GroupRates.Counts counts(int units, int everyB) {
    double[][] hits = new double[units][2];
    double[][] trials = new double[units][2];
    for (int i = 0; i < units; i++) {
      hits[i][0] = i % 2 == 0 ? 1 : 0;
      hits[i][1] = i % everyB == 0 ? 1 : 0;
      trials[i][0] = 1;
      trials[i][1] = 1;
    }
    return new GroupRates.Counts(hits, trials);
  }

  @Test
  void gapIsMaximumLessMinimumAndSignedTellsTheDirection() {
    GroupRates rates = GroupRates.of(List.of("a", "b"), counts(400, 4), BOOTSTRAP);

    assertThat(rates.rates().get("a").value()).isEqualTo(0.5);
    assertThat(rates.rates().get("b").value()).isEqualTo(0.25);
    assertThat(rates.gap().value()).isEqualTo(0.25);
    assertThat(rates.signed().value()).isEqualTo(-0.25);
    assertThat(rates.signed().excludesZero()).isTrue();
    assertThat(rates.gap().low()).isPositive();
  }

  @Test
  void groupsTreatedAlikeHaveASignedDifferenceAroundZero() {
    GroupRates rates = GroupRates.of(List.of("a", "b"), counts(400, 2), BOOTSTRAP);

    assertThat(rates.gap()).isEqualTo(new Interval(0, 0, 0, 400));
    assertThat(rates.signed().excludesZero()).isFalse();
  }

  @Test
  void changeOfTheGapIsPaired() {
    Interval change = GroupRates.gapChange(counts(400, 4), counts(400, 2), BOOTSTRAP);

    assertThat(change.value()).isEqualTo(-0.25);
    assertThat(change.high()).isNegative();
  }

  @Test
  void groupWithoutACaseIsUndefined() {
    GroupRates rates =
        GroupRates.of(
            List.of("a", "b"),
            new GroupRates.Counts(new double[][] {{1, 0}}, new double[][] {{1, 0}}),
            BOOTSTRAP);

    assertThat(rates.rates().get("b").value()).isNaN();
    assertThat(rates.gap().value()).isNaN();
  }

  @Test
  void distinctCountsNgramsOverAllReplies() {
    List<String> replies = List.of("a b a", "a b", " ", "");

    assertThat(Distinct.ngrams(replies, 1)).isCloseTo(2.0 / 5, within(1e-12));
    assertThat(Distinct.ngrams(replies, 2)).isCloseTo(2.0 / 3, within(1e-12));
    assertThat(Distinct.ngrams(replies, 4)).isNaN();
  }
}
