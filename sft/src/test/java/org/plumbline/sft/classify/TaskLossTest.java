package org.plumbline.sft.classify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** Losses equal their formulas, and gradients the slopes of the losses. */
class TaskLossTest {
  private static EncodedRow row(int picks, int... targets) {
    int[] places = new int[picks];
    return new EncodedRow(0, places, new int[0], places, targets, places, places, false);
  }

  private static void slopesAgree(HeadLoss loss, EncodedRow row, float... scores) {
    float[] gradient = loss.of(row, scores).gradient();
    for (int i = 0; i < scores.length; i++) {
      float[] more = scores.clone();
      float[] less = scores.clone();
      more[i] += 1e-2f;
      less[i] -= 1e-2f;
      double slope = (loss.of(row, more).loss() - loss.of(row, less).loss()) / 2e-2;
      assertThat((double) gradient[i]).isCloseTo(slope, within(2e-5));
    }
  }

  @Test
  void weightedCrossEntropyIsThatOfPytorch() {
    // torch.nn.functional.cross_entropy([[1, 2, 0.5], [0, -1, 3]], [1, 0], weight=[2, 0.5, 1])
    HeadLoss loss = new ClassLoss(new double[] {2, 0.5, 1});
    EncodedRow row = row(2, 1, 0);
    float[] scores = {1, 2, 0.5f, 0, -1, 3};
    assertThat(loss.weight(row)).isEqualTo(2.5);
    assertThat(loss.of(row, scores).loss() / 2.5).isCloseTo(2.5455808639526367, within(1e-6));
    assertThat(loss.of(row, scores).hits()).isEqualTo(0.5);
    slopesAgree(loss, row, scores);
  }

  @Test
  void startAndEndAreWeighedEqually() {
    EncodedRow row = row(3, 1, 2);
    float[] scores = {0, 1, 2, -1, 0.5f, 3};
    double start = Math.log(1 + Math.exp(2) + Math.exp(0.5)) - 2;
    double end = Math.log(Math.exp(1) + Math.exp(-1) + Math.exp(3)) - 3;
    HeadLoss.Result result = new SpanLoss().of(row, scores);
    assertThat(result.loss()).isCloseTo((start + end) / 2, within(1e-6));
    assertThat(result.hits()).isEqualTo(1);
    assertThat(new SpanLoss().of(row(3, 1, 0), scores).hits()).isZero();
    slopesAgree(new SpanLoss(), row, scores);
  }

  @Test
  void largeScoresDoNotOverflow() {
    HeadLoss.Result result =
        new ClassLoss(new double[] {1, 1}).of(row(1, 1), new float[] {900, -900});
    assertThat(result.loss()).isCloseTo(1800, within(1e-9));
    assertThat(result.gradient()).containsExactly(1, -1);
  }
}
