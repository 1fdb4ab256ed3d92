package org.plumbline.evaluation.report;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.apache.commons.math3.stat.descriptive.moment.Variance;
import org.apache.commons.rng.UniformRandomProvider;
import org.plumbline.stage.RandomStreams;

/**
 * Ranks that were kept, by module, and a test against chance: all slots of all modules shuffled,
 * the same number kept.
 *
 * @param ranks by module name
 * @param initial slots of each module
 */
record RankMap(Map<String, Integer> ranks, int initial) {
  static final int DRAWS = 2000;
  private static final Pattern LAYER = Pattern.compile("\\.(\\d+)\\.");

  /**
   * What shuffling gives.
   *
   * @param mean variance over modules
   * @param asUneven draws whose variance is at least that of the map
   */
  record Shuffled(double mean, int asUneven) {}

  /** The layer that a module belongs to; −1 if none. */
  static int layer(String name) {
    Matcher matcher = LAYER.matcher(name);
    return matcher.find() ? Integer.parseInt(matcher.group(1)) : -1;
  }

  /** A module's name within its layer, such as {@code self_attn.q_proj}. */
  static String module(String name) {
    Matcher matcher = LAYER.matcher(name);
    return matcher.find() ? name.substring(matcher.end()) : name;
  }

  /** Of the ranks over modules. */
  double variance() {
    return new Variance(false)
        .evaluate(ranks.values().stream().mapToDouble(Integer::doubleValue).toArray());
  }

  /** Draws from the hypothesis that every slot was as likely to be kept. */
  Shuffled shuffled() {
    int modules = ranks.size();
    int kept = ranks.values().stream().mapToInt(Integer::intValue).sum();
    double own = variance();
    double sum = 0;
    int asUneven = 0;
    for (int draw = 0; draw < DRAWS; draw++) {
      UniformRandomProvider random = RandomStreams.of(7, "ranks.shuffle", draw);
      int[] slots = IntStream.range(0, modules * initial).toArray();
      double[] counts = new double[modules];
      for (int i = 0; i < kept; i++) {
        int other = i + random.nextInt(slots.length - i);
        int slot = slots[other];
        slots[other] = slots[i];
        counts[slot / initial]++;
      }
      double variance = new Variance(false).evaluate(counts);
      sum += variance;
      asUneven += variance >= own ? 1 : 0;
    }
    return new Shuffled(sum / DRAWS, asUneven);
  }
}
