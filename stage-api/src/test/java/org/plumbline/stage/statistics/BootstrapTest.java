package org.plumbline.stage.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import org.apache.commons.rng.UniformRandomProvider;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.plumbline.stage.RandomStreams;

class BootstrapTest {
  private static double[] coins(int n, double p, long seed) {
    UniformRandomProvider random = RandomStreams.of(seed, "coins");
    double[] coins = new double[n];
    for (int i = 0; i < n; i++) {
      coins[i] = random.nextDouble() < p ? 1 : 0;
    }
    return coins;
  }

  private static double coverage(int worlds, int resamples) {
    int covered = 0;
    for (int world = 0; world < worlds; world++) {
      Interval interval = new Bootstrap(world, resamples).mean(coins(200, 0.6, world));
      covered += interval.low() <= 0.6 && 0.6 <= interval.high() ? 1 : 0;
    }
    return (double) covered / worlds;
  }

  @Test
  void intervalCoversTheTruthAboutAsOftenAsItSays() {
    assertThat(coverage(200, 400)).isBetween(0.90, 0.985);
  }

  @Test
  @Tag("long")
  void intervalCoversTheTruthIn95Percent() {
    assertThat(coverage(1000, 2000)).isCloseTo(0.95, within(0.02));
  }

  @Test
  void widthAgreesWithTheNormalApproximation() {
    double[] values = coins(400, 0.5, 3);
    Interval interval = new Bootstrap(1, 4000).mean(values);
    double p = interval.value();

    assertThat(interval.high() - interval.low())
        .isCloseTo(2 * 1.96 * Math.sqrt(p * (1 - p) / 400), within(0.006));
    assertThat(interval.n()).isEqualTo(400);
  }

  @Test
  void clustersWidenTheInterval() {
    double[] prompts = coins(100, 0.5, 4);
    double[][] alike = new double[100][];
    double[] flat = new double[400];
    for (int i = 0; i < 100; i++) {
      alike[i] = new double[] {prompts[i], prompts[i], prompts[i], prompts[i]};
      for (int j = 0; j < 4; j++) {
        flat[4 * i + j] = prompts[i];
      }
    }
    Interval clustered = new Bootstrap(1, 2000).clustered(alike);
    Interval naive = new Bootstrap(1, 2000).mean(flat);

    assertThat(clustered.value()).isEqualTo(naive.value());
    assertThat((clustered.high() - clustered.low()) / (naive.high() - naive.low()))
        .isCloseTo(2, within(0.2));
  }

  @Test
  void pairingRemovesWhatBothShare() {
    double[] before = new double[100];
    double[] after = new double[100];
    for (int i = 0; i < 100; i++) {
      before[i] = 100 * Math.sin(i);
      after[i] = before[i] + 1;
    }
    Interval change = new Bootstrap(1, 500).difference(before, after);

    assertThat(change.low()).isCloseTo(1, within(1e-9));
    assertThat(change.high()).isCloseTo(1, within(1e-9));
    assertThat(change.excludesZero()).isTrue();
  }

  @Test
  void sameSeedSameInterval() {
    double[] values = new double[50];
    for (int i = 0; i < 50; i++) {
      values[i] = Math.sin(i);
    }

    assertThat(new Bootstrap(9, 200).mean(values)).isEqualTo(new Bootstrap(9, 200).mean(values));
    assertThat(new Bootstrap(9, 200).mean(values)).isNotEqualTo(new Bootstrap(8, 200).mean(values));
  }

  @Test
  void emptyIsUndefined() {
    assertThat(new Bootstrap(1, 10).mean(new double[0]).value()).isNaN();
  }

  @Test
  void badArgumentsAreNamed() {
    assertThatThrownBy(() -> new Bootstrap(1, 0)).hasMessage("resamples=0 must be positive");
    assertThatThrownBy(() -> new Bootstrap(1, 1).difference(new double[2], new double[3]))
        .hasMessage("paired values must be as many: 2 and 3");
  }

  @Test
  void statisticsOfSumsEqualThoseOfTheUnits() {
    double[][] counts = new double[40][];
    for (int unit = 0; unit < counts.length; unit++) {
      counts[unit] = new double[] {unit % 3, 1 + unit % 2};
    }
    Bootstrap bootstrap = new Bootstrap(3, 300);
    Interval apart =
        bootstrap.of(
            counts.length,
            units -> {
              double first = 0;
              double second = 0;
              for (int unit : units) {
                first += counts[unit][0];
                second += counts[unit][1];
              }
              return first / second;
            });
    Map<String, Interval> summed =
        bootstrap.ofSums(
            counts, Map.of("ratio", sum -> sum[0] / sum[1], "never", sum -> Double.NaN));
    assertThat(summed.get("ratio")).isEqualTo(apart);
    assertThat(summed.get("never").value()).isNaN();
    assertThat(bootstrap.ofSums(new double[0][], Map.of("none", sum -> 1)).get("none").n())
        .isZero();
  }

  /**
   * Seeds that differ by ±1 around 5 and prompts without spread: draws of two seeds average −1, 0
   * or 1, so that the interval is that of the seeds. The same the other way round is that of
   * prompts.
   */
  @Test
  void crossedFactorsAreDrawnIndependently() {
    Bootstrap bootstrap = new Bootstrap(1, 4000);
    double[][] seeds = {{4, 4, 4, 4}, {6, 6, 6, 6}};
    Interval bySeed = bootstrap.crossed(seeds);
    assertThat(bySeed.value()).isEqualTo(5);
    assertThat(bySeed.low()).isEqualTo(4);
    assertThat(bySeed.high()).isEqualTo(6);
    double[] row = new double[400];
    for (int i = 0; i < row.length; i++) {
      row[i] = i % 2;
    }
    Interval byPrompt = bootstrap.crossed(new double[][] {row, row.clone()});
    assertThat(byPrompt.value()).isEqualTo(0.5);
    // Standard error 0.5 / √400 = 0.025.
    assertThat(byPrompt.low())
        .isCloseTo(0.5 - 1.96 * 0.025, org.assertj.core.api.Assertions.within(0.006));
    assertThat(byPrompt.high())
        .isCloseTo(0.5 + 1.96 * 0.025, org.assertj.core.api.Assertions.within(0.006));
  }
}
