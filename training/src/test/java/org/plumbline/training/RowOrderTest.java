package org.plumbline.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RowOrderTest {
  private static final int ROWS = 1003;
  private static final int BATCH = 8;
  private static final int[] LENGTHS = IntStream.range(0, ROWS).map(i -> i * 37 % 101).toArray();

  @Test
  void everyEpochHoldsEachRowOnce() {
    RowOrder order = RowOrder.byLength(7, LENGTHS, BATCH);
    int[] twoEpochs =
        IntStream.range(0, 2 * ROWS / BATCH + 1)
            .flatMap(step -> Arrays.stream(order.step(step, BATCH)))
            .toArray();
    for (int epoch = 0; epoch < 2; epoch++) {
      assertThat(Arrays.copyOfRange(twoEpochs, epoch * ROWS, (epoch + 1) * ROWS))
          .containsExactlyInAnyOrder(IntStream.range(0, ROWS).toArray());
    }
    assertThat(Arrays.copyOf(twoEpochs, ROWS))
        .isNotEqualTo(Arrays.copyOfRange(twoEpochs, ROWS, 2 * ROWS));
  }

  @Test
  void groupedBatchesNeedLittlePadding() {
    assertThat(padding(RowOrder.byLength(7, LENGTHS, BATCH)))
        .isLessThan(padding(new RowOrder(7, ROWS)) / 5);
  }

  @Test
  void aStepIsAFunctionOfSeedAndNumberAlone() {
    RowOrder walked = RowOrder.byLength(7, LENGTHS, BATCH);
    IntStream.range(0, 200).forEach(step -> walked.step(step, BATCH));
    assertThat(walked.step(60, BATCH))
        .isEqualTo(RowOrder.byLength(7, LENGTHS, BATCH).step(60, BATCH));
    assertThat(walked.step(60, BATCH))
        .isNotEqualTo(RowOrder.byLength(8, LENGTHS, BATCH).step(60, BATCH));
  }

  private static int padding(RowOrder order) {
    int wasted = 0;
    for (int step = 0; step < ROWS / BATCH; step++) {
      int[] lengths = Arrays.stream(order.step(step, BATCH)).map(row -> LENGTHS[row]).toArray();
      int longest = Arrays.stream(lengths).max().orElseThrow();
      wasted += Arrays.stream(lengths).map(length -> longest - length).sum();
    }
    return wasted;
  }
}
