package org.plumbline.pipeline.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.plumbline.model.architecture.TransformerModel;

/**
 * What {@code plumbline bench} times.
 *
 * @param tokens that one run of a side learns from or draws
 * @param sides what is compared, by name; the last with those before it
 * @param seen what else there is to say, filled while they run
 */
record Benchmark(double tokens, Map<String, Runnable> sides, Map<String, Object> seen) {
  /** Ids that mean nothing in particular. */
  static List<int[]> randomRows(TransformerModel model, int rows, int length) {
    SplittableRandom random = new SplittableRandom(0);
    List<int[]> all = new ArrayList<>();
    for (int b = 0; b < rows; b++) {
      all.add(random.ints(length, 5, model.config().vocabSize()).toArray());
    }
    return all;
  }

  /**
   * Least seconds of each side, its first run not counted where there are several. The sides take
   * turns: a machine that slows down meanwhile slows all of them.
   */
  Map<String, Double> leastSeconds(int repeats) {
    Map<String, Double> least = new LinkedHashMap<>();
    for (int round = 0; round <= repeats; round++) {
      for (Map.Entry<String, Runnable> side : sides.entrySet()) {
        long start = System.nanoTime();
        side.getValue().run();
        double seconds = (System.nanoTime() - start) / 1e9;
        boolean first = round == 0 || round == 1;
        least.merge(side.getKey(), seconds, first ? (warm, now) -> now : Math::min);
      }
    }
    return least;
  }

  /**
   * Seconds and tokens per second: of one side as they are, of several under their names and with
   * their ratios.
   */
  Map<String, Object> figures(Map<String, Double> seconds) {
    if (seconds.size() == 1) {
      return speed(seconds.values().iterator().next());
    }
    Map<String, Object> figures = new LinkedHashMap<>();
    seconds.forEach((side, least) -> figures.put(side, speed(least)));
    figures.putAll(ratios(seconds));
    return figures;
  }

  private Map<String, Object> speed(double seconds) {
    return Map.of("seconds", seconds, "tokens_per_second", tokens / seconds);
  }

  /** The speed of the last side as a share of each other's; none where it is alone. */
  Map<String, Double> ratios(Map<String, Double> seconds) {
    String last = List.copyOf(seconds.keySet()).get(seconds.size() - 1);
    double its = Objects.requireNonNull(seconds.get(last));
    Map<String, Double> ratios = new LinkedHashMap<>();
    seconds.forEach(
        (side, least) -> {
          if (!side.equals(last)) {
            ratios.put(last + "_to_" + side, least / its);
          }
        });
    return ratios;
  }
}
