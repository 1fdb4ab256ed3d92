package org.plumbline.stage;

import java.nio.charset.StandardCharsets;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.simple.RandomSource;

/**
 * Random streams addressed by name and counters. A stream's content depends on its address alone,
 * never on what was drawn before, so a resumed run needs no saved generator state and a row's noise
 * does not depend on its batch neighbours.
 */
public final class RandomStreams {
  private RandomStreams() {}

  /**
   * A fresh generator for one purpose.
   *
   * @param seed the run's seed
   * @param purpose what the numbers are for, such as {@code sft.order}
   * @param counters epoch, update, row … that tell one use from the next
   */
  public static UniformRandomProvider of(long seed, String purpose, long... counters) {
    return RandomSource.SPLIT_MIX_64.create(address(seed, purpose, counters));
  }

  /** The 64-bit address behind {@link #of}, for generators outside Java. */
  public static long address(long seed, String purpose, long... counters) {
    long state = mix(seed ^ 0x9E3779B97F4A7C15L);
    for (byte b : purpose.getBytes(StandardCharsets.UTF_8)) {
      state = mix(state ^ b);
    }
    for (long counter : counters) {
      state = mix(state + 0x9E3779B97F4A7C15L ^ counter);
    }
    return state;
  }

  /** A random permutation of 0 … n−1 (Fisher–Yates). */
  public static int[] permutation(int n, UniformRandomProvider random) {
    int[] order = new int[n];
    for (int i = 0; i < n; i++) {
      int j = random.nextInt(i + 1);
      order[i] = order[j];
      order[j] = i;
    }
    return order;
  }

  /** The finaliser of SplitMix64 (Steele, Lea, Flood 2014), a bijection with full avalanche. */
  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
