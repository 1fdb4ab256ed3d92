package org.plumbline.stage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RandomStreamsTest {
  @Test
  void aStreamDependsOnItsAddressAlone() {
    long first = RandomStreams.of(7, "sft.order", 1, 2).nextLong();
    RandomStreams.of(7, "sft.order", 1).nextLong();
    assertThat(RandomStreams.of(7, "sft.order", 1, 2).nextLong()).isEqualTo(first);
  }

  @Test
  void addressesDoNotCollide() {
    Set<Long> seen = new HashSet<>();
    for (long seed = 0; seed < 10; seed++) {
      for (String purpose : new String[] {"", "a", "b", "ab", "ba"}) {
        assertThat(seen.add(RandomStreams.address(seed, purpose))).isTrue();
        for (long i = 0; i < 20; i++) {
          assertThat(seen.add(RandomStreams.address(seed, purpose, i))).isTrue();
          assertThat(seen.add(RandomStreams.address(seed, purpose, i, 0))).isTrue();
          assertThat(seen.add(RandomStreams.address(seed, purpose, 100, i))).isTrue();
        }
      }
    }
  }

  @Test
  void permutationsAreUniform() {
    int[] counts = new int[27];
    for (int i = 0; i < 6000; i++) {
      int[] p = RandomStreams.permutation(3, RandomStreams.of(1, "test", i));
      assertThat(IntStream.of(p).sorted().toArray()).containsExactly(0, 1, 2);
      counts[p[0] * 9 + p[1] * 3 + p[2]]++;
    }
    assertThat(IntStream.of(counts).filter(c -> c > 0).boxed().toList())
        .hasSize(6)
        .allMatch(c -> c > 850 && c < 1150); // 1000 ± 5 standard deviations
  }
}
