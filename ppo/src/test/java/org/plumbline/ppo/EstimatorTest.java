package org.plumbline.ppo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** GAE against its definition, KL estimators and controllers by hand, rewards and whitening. */
class EstimatorTest {
  @Test
  void gaeEqualsTheDoubleSumOfItsDefinition() {
    SplittableRandom random = new SplittableRandom(5);
    double[][] rewards = new double[4][];
    double[][] values = new double[4][];
    for (int b = 0; b < 4; b++) {
      rewards[b] = random.doubles(1 + 3 * b, -1, 1).toArray();
      values[b] = random.doubles(1 + 3 * b, -1, 1).toArray();
    }
    for (double gamma : new double[] {1, 0.9, 0}) {
      for (double lambda : new double[] {1, 0.95, 0}) {
        Gae.Targets targets = new Gae(gamma, lambda).estimate(rewards, values);
        for (int b = 0; b < 4; b++) {
          for (int t = 0; t < rewards[b].length; t++) {
            double wanted = naive(rewards[b], values[b], t, gamma, lambda);
            assertThat(targets.advantages()[b][t]).isCloseTo(wanted, within(1e-12));
            assertThat(targets.returns()[b][t]).isCloseTo(wanted + values[b][t], within(1e-12));
          }
        }
      }
    }
  }

  /** Σ_l (γλ)^l δ_{t+l}. */
  private static double naive(
      double[] rewards, double[] values, int t, double gamma, double lambda) {
    double sum = 0;
    for (int l = 0; t + l < rewards.length; l++) {
      double after = t + l + 1 < rewards.length ? values[t + l + 1] : 0;
      double delta = rewards[t + l] + gamma * after - values[t + l];
      sum += Math.pow(gamma * lambda, l) * delta;
    }
    return sum;
  }

  @Test
  void theAdaptiveControllerTakesItsStepsByHand() {
    KlController kl = new AdaptiveKl(0.1, 6, 1000);
    // 6.6 / 6 − 1 = 0.1 within the bound; 12 / 6 − 1 = 1 is cut to 0.2; 0 / 6 − 1 = −1 to −0.2.
    kl = kl.observe(6.6, 100);
    assertThat(kl.beta()).isCloseTo(0.1 * 1.01, within(1e-12));
    kl = kl.observe(12, 100);
    assertThat(kl.beta()).isCloseTo(0.1 * 1.01 * 1.02, within(1e-12));
    kl = kl.observe(0, 50);
    assertThat(kl.beta()).isCloseTo(0.1 * 1.01 * 1.02 * 0.99, within(1e-12));
    assertThat(kl.observe(6, 100).beta()).isEqualTo(kl.beta());
    assertThat(kl.withBeta(0.3)).isEqualTo(new AdaptiveKl(0.3, 6, 1000));
  }

  @Test
  void theFixedControllerStays() {
    assertThat(new FixedKl(0.1).observe(50, 100)).isEqualTo(new FixedKl(0.1));
    assertThat(new FixedKl(0.1).withBeta(0.2).beta()).isEqualTo(0.2);
  }

  @Test
  void estimatorsAgreeOnAverageAndK3IsNeverNegative() {
    double[] policy = {0.7, 0.2, 0.1};
    double[] reference = {0.3, 0.3, 0.4};
    double exact = 0;
    double k1 = 0;
    double k3 = 0;
    for (int v = 0; v < 3; v++) {
      double p = Math.log(policy[v]);
      double q = Math.log(reference[v]);
      exact += policy[v] * (p - q);
      k1 += policy[v] * KlEstimator.K1.of(p, q);
      k3 += policy[v] * KlEstimator.K3.of(p, q);
      assertThat(KlEstimator.K3.of(p, q)).isPositive();
    }
    assertThat(k1).isCloseTo(exact, within(1e-12));
    assertThat(k3).isCloseTo(exact, within(1e-12));
    assertThat(KlEstimator.K3.of(-2, -2)).isZero();
  }

  @Test
  void theScoreStandsOnItsTokenAndThePenaltyOnEach() {
    double[][] kl = {{0.5, -1, 2}, {4}};
    double[][] rewards = TokenRewards.shape(kl, 0.1, new double[] {3, -1}, new int[] {2, 0});
    assertThat(rewards[0]).containsExactly(new double[] {-0.05, 0.1, 2.8}, within(1e-12));
    assertThat(rewards[1]).containsExactly(new double[] {-1.4}, within(1e-12));
  }

  @Test
  void whiteningIgnoresWhatTheMaskHidesAndASingleTokenStaysFinite() {
    double[][] values = {{1, 3, 1e6}};
    boolean[][] mask = {{true, true, false}};
    double[][] white = Masked.whiten(values, mask, true);
    assertThat(white[0][0]).isCloseTo(-Math.sqrt(0.5), within(1e-8));
    assertThat(white[0][1]).isCloseTo(Math.sqrt(0.5), within(1e-8));
    assertThat(Masked.whiten(values, mask, false)[0][0])
        .isCloseTo(2 - Math.sqrt(0.5), within(1e-8));
    double[][] one = Masked.whiten(new double[][] {{5}}, new boolean[][] {{true}}, true);
    assertThat(one[0][0]).isZero();
  }
}
