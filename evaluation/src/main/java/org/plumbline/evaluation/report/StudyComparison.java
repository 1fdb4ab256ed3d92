package org.plumbline.evaluation.report;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.plumbline.stage.statistics.Bootstrap;
import org.plumbline.stage.statistics.Interval;

/** Arms against the baseline, paired by seed. */
final class StudyComparison {
  private static final Bootstrap PROMPTS = new Bootstrap(7, 2000);

  private final StudyArm baseline;

  StudyComparison(StudyArm baseline) {
    this.baseline = baseline;
  }

  /** Trials of one seed. */
  private record Pair(TrialData first, TrialData second) {}

  private List<Pair> pairs(StudyArm arm) {
    List<Pair> pairs = new ArrayList<>();
    for (TrialData second : arm.trials()) {
      baseline.trials().stream()
          .filter(first -> first.seed() == second.seed())
          .findFirst()
          .ifPresent(first -> pairs.add(new Pair(first, second)));
    }
    return pairs;
  }

  /**
   * Mean of a figure less the baseline's. Where there is a value per prompt the interval is over
   * seeds and prompts, drawn independently of each other; else over seeds.
   */
  Optional<Interval> difference(StudyArm arm, String key) throws IOException {
    List<Pair> pairs = pairs(arm);
    if (pairs.isEmpty()) {
      return Optional.empty();
    }
    double[][] perPrompt = new double[pairs.size()][];
    double[] perSeed = new double[pairs.size()];
    boolean prompts = true;
    for (int i = 0; i < perSeed.length; i++) {
      Map<String, Double> first = pairs.get(i).first().perPrompt(key);
      Map<String, Double> second = pairs.get(i).second().perPrompt(key);
      prompts &= !first.isEmpty() && first.keySet().equals(second.keySet());
      perPrompt[i] =
          prompts
              ? first.keySet().stream().mapToDouble(id -> at(second, id) - at(first, id)).toArray()
              : new double[0];
      perSeed[i] =
          StudyOutline.figure(pairs.get(i).second().folder(), key)
              - StudyOutline.figure(pairs.get(i).first().folder(), key);
    }
    return Optional.of(
        prompts && perSeed.length > 1 ? PROMPTS.crossed(perPrompt) : SeedInterval.mean(perSeed));
  }

  private static double at(Map<String, Double> values, String id) {
    return values.getOrDefault(id, Double.NaN);
  }

  /**
   * Steps to the loss that the baseline reaches with every seed, over the baseline's steps: the
   * geometric mean; empty where a trial does not get there.
   */
  Optional<Interval> stepsRatio(StudyArm arm) throws IOException {
    Optional<double[]> reached = baseline.values(TrialData::bestLoss);
    if (reached.isEmpty()) {
      return Optional.empty();
    }
    double level = java.util.Arrays.stream(reached.get()).max().orElseThrow();
    List<Pair> pairs = pairs(arm);
    double[] ratios = new double[pairs.size()];
    for (int i = 0; i < ratios.length; i++) {
      OptionalDouble first = pairs.get(i).first().stepsTo(level);
      OptionalDouble second = pairs.get(i).second().stepsTo(level);
      if (first.isEmpty() || second.isEmpty()) {
        return Optional.empty();
      }
      ratios[i] = second.getAsDouble() / first.getAsDouble();
    }
    return ratios.length == 0 ? Optional.empty() : Optional.of(SeedInterval.ratio(ratios));
  }
}
