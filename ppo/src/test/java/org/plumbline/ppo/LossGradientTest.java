package org.plumbline.ppo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;

/**
 * Gradients of both losses against central differences in float64, and the losses at their bounds.
 */
class LossGradientTest {
  private static final double STEP = 1e-6;
  private static final int ROWS = 6;
  private static final int WIDTH = 7;

  private final SplittableRandom random = new SplittableRandom(11);
  private final boolean[][] mask = new boolean[ROWS][WIDTH];
  private int tokens;

  LossGradientTest() {
    for (boolean[] row : mask) {
      for (int t = 0; t < WIDTH; t++) {
        row[t] = random.nextInt(4) > 0;
        tokens += row[t] ? 1 : 0;
      }
    }
  }

  private double[][] noise(double width) {
    double[][] values = new double[ROWS][WIDTH];
    for (double[] row : values) {
      for (int t = 0; t < WIDTH; t++) {
        row[t] = width * (2 * random.nextDouble() - 1);
      }
    }
    return values;
  }

  private static double[][] sum(double[][] a, double[][] b) {
    double[][] sum = new double[ROWS][WIDTH];
    for (int i = 0; i < ROWS * WIDTH; i++) {
      sum[i / WIDTH][i % WIDTH] = a[i / WIDTH][i % WIDTH] + b[i / WIDTH][i % WIDTH];
    }
    return sum;
  }

  private static void compare(
      double[][] at, double[][] gradient, ToDoubleFunction<double[][]> loss) {
    for (int i = 0; i < ROWS * WIDTH; i++) {
      double middle = at[i / WIDTH][i % WIDTH];
      at[i / WIDTH][i % WIDTH] = middle + STEP;
      double above = loss.applyAsDouble(at);
      at[i / WIDTH][i % WIDTH] = middle - STEP;
      double below = loss.applyAsDouble(at);
      at[i / WIDTH][i % WIDTH] = middle;
      assertThat(gradient[i / WIDTH][i % WIDTH])
          .as("entry %d", i)
          .isCloseTo((above - below) / (2 * STEP), within(1e-8));
    }
  }

  @Test
  void policyGradientIsTheSlopeOfTheClippedSurrogate() {
    double[][] old = noise(2);
    double[][] now = sum(old, noise(0.6));
    double[][] advantages = noise(1.5);
    PolicyLoss.Result result = PolicyLoss.of(now, old, advantages, mask, 0.2, tokens);
    assertThat(result.clipFraction()).isBetween(0.1, 0.9);
    compare(now, result.grad(), x -> PolicyLoss.of(x, old, advantages, mask, 0.2, tokens).loss());
  }

  @Test
  void valueGradientIsTheSlopeOfTheClippedSquare() {
    double[][] old = noise(1);
    double[][] now = sum(old, noise(0.5));
    double[][] returns = sum(old, noise(1));
    ValueLoss.Result result = ValueLoss.of(now, old, returns, mask, 0.2, tokens);
    assertThat(result.clipFraction()).isBetween(0.1, 0.9);
    compare(now, result.grad(), x -> ValueLoss.of(x, old, returns, mask, 0.2, tokens).loss());
  }

  @Test
  void theBoundHoldsOnlyWhereGoingFurtherWouldPay() {
    // Advantage 1: a ratio of e^0.5 is held at 1.2; a ratio of e^-0.5 may be undone at full slope.
    double[][] zero = {{0, 0}};
    boolean[][] all = {{true, true}};
    PolicyLoss.Result good =
        PolicyLoss.of(new double[][] {{0.5, -0.5}}, zero, new double[][] {{1, 1}}, all, 0.2, 2);
    assertThat(good.loss()).isCloseTo((-1.2 - Math.exp(-0.5)) / 2, within(1e-12));
    assertThat(good.grad()[0]).containsExactly(0, -Math.exp(-0.5) / 2);
    assertThat(good.clipFraction()).isEqualTo(0.5);
    PolicyLoss.Result bad =
        PolicyLoss.of(new double[][] {{0.5, -0.5}}, zero, new double[][] {{-1, -1}}, all, 0.2, 2);
    assertThat(bad.loss()).isCloseTo((Math.exp(0.5) + 0.8) / 2, within(1e-12));
    assertThat(bad.grad()[0]).containsExactly(Math.exp(0.5) / 2, 0);
  }

  @Test
  void equalPoliciesGiveTheAdvantageAndNoKl() {
    double[][] same = noise(2);
    double[][] advantages = noise(1);
    PolicyLoss.Result result = PolicyLoss.of(same, same, advantages, mask, 0.2, tokens);
    assertThat(result.loss()).isCloseTo(-Masked.mean(advantages, mask), within(1e-12));
    assertThat(result.approxKl()).isZero();
    assertThat(result.clipFraction()).isZero();
    assertThat(result.ratio()).isCloseTo(1, within(1e-12));
    assertThat(result.ratioSquare()).isCloseTo(1, within(1e-12));
  }
}
