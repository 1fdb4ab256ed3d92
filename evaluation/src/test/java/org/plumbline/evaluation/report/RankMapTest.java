package org.plumbline.evaluation.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class RankMapTest {
  private static Map<String, Integer> ranks(int... ranks) {
    Map<String, Integer> map = new LinkedHashMap<>();
    for (int i = 0; i < ranks.length; i++) {
      map.put("model.layers.%d.self_attn.q_proj".formatted(i), ranks[i]);
    }
    return map;
  }

  @Test
  void anUnevenMapIsFarFromChance() {
    RankMap map = new RankMap(ranks(8, 8, 8, 8, 0, 0, 0, 0), 8);
    assertThat(map.variance()).isEqualTo(16);
    assertThat(map.shuffled().asUneven()).isZero();
  }

  /**
   * Of N slots in groups of n, K kept: a group's count is hypergeometric, variance n p q (N − n) /
   * (N − 1).
   */
  @Test
  void shuffledVarianceIsTheHypergeometricOne() {
    RankMap map = new RankMap(ranks(4, 4, 4, 4, 4, 4, 4, 4), 8);
    assertThat(map.variance()).isZero();
    assertThat(map.shuffled().asUneven()).isEqualTo(RankMap.DRAWS);
    assertThat(map.shuffled().mean()).isCloseTo(8 * 0.25 * 56 / 63, within(0.06));
  }

  @Test
  void namesFallIntoLayerAndModule() {
    assertThat(RankMap.layer("model.layers.11.mlp.up_proj")).isEqualTo(11);
    assertThat(RankMap.module("model.layers.11.mlp.up_proj")).isEqualTo("mlp.up_proj");
    assertThat(RankMap.layer("wte")).isEqualTo(-1);
  }
}
