package org.plumbline.model.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** Numbers of LlamaRotaryEmbedding.inv_freq in transformers 5.23, head dimension 64. */
class RopeTest {
  private static void check(Rope rope, int index, double expected) {
    assertThat((double) rope.inverseFrequencies(0)[index])
        .isCloseTo(expected, within(expected * 3e-7));
  }

  @Test
  void plainFrequencies() {
    Rope rope = new Rope(10_000, 64, false, RopeScaling.NONE);
    assertThat(rope.inverseFrequencies(0)).hasSize(32);
    check(rope, 0, 1);
    check(rope, 1, 0.7498942017555237);
    check(rope, 15, 0.01333521492779255);
    check(rope, 31, 0.0001333521504420787);
  }

  @Test
  void linearScaling() {
    Rope rope = new Rope(10_000, 64, false, new RopeScaling.Linear(4));
    check(rope, 1, 0.18747355043888092);
    check(rope, 31, 3.333803761051968e-05);
  }

  @Test
  void llama3Scaling() {
    Rope rope = new Rope(500_000, 64, false, new RopeScaling.Llama3(8, 1, 4, 8192));
    check(rope, 1, 0.663601279258728); // short waves: kept
    check(rope, 14, 0.0032114461064338684);
    check(rope, 15, 0.0013718936825171113); // between: blended
    check(rope, 16, 0.0005248460220173001);
    check(rope, 17, 0.0001785077911335975);
    check(rope, 18, 7.784655463183299e-05); // long waves: stretched
    check(rope, 31, 3.76732259610435e-07);
  }
}
