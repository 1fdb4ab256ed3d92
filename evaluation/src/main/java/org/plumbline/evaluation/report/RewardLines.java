package org.plumbline.evaluation.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.plumbline.evaluation.chart.Bar;
import org.plumbline.evaluation.chart.BarChart;
import org.plumbline.evaluation.chart.Chart;
import org.plumbline.evaluation.chart.Series;
import org.plumbline.evaluation.statistics.Wilson;
import org.plumbline.stage.statistics.Interval;

/** Each reward model's accuracy among the lines it must be read against. */
final class RewardLines {
  private static final Map<String, String> LINES = lines();

  private RewardLines() {}

  private static Map<String, String> lines() {
    Map<String, String> lines = new LinkedHashMap<>();
    lines.put("chance", "chance");
    lines.put("keyword_rule", "keyword rule");
    lines.put("bag_of_words", "bag of words");
    lines.put("bayes_ceiling_noisy_labels", "Bayes ceiling, noisy");
    lines.put("oracle", "oracle");
    return lines;
  }

  static List<Chart> charts(RunData run, List<EvaluationData> evaluations) {
    List<Bar> bars = new ArrayList<>();
    for (StageData stage : run.ofKind("reward-model")) {
      accuracy(stage, evaluations)
          .ifPresent(
              rate ->
                  bars.add(
                      new Bar(stage.name(), bars.size(), rate.value(), rate.low(), rate.high())));
    }
    if (bars.isEmpty()) {
      return List.of();
    }
    source(run)
        .ifPresent(
            pairs ->
                LINES.forEach(
                    (key, label) ->
                        pairs
                            .summary(key)
                            .ifPresent(value -> bars.add(Bar.plain(label, -1, value)))));
    return List.of(
        new BarChart(
            "Accuracy beside its lines",
            "On held-out pairs. The lines are on clean pairs; the Bayes ceiling is the best that"
                + " agrees with noisy labels.",
            true,
            List.of(),
            bars,
            List.of()));
  }

  /** On the evaluation's clean pairs, else out of fold, on test pairs, or as last validated. */
  static Optional<Interval> accuracy(StageData stage, List<EvaluationData> evaluations) {
    Optional<Interval> clean =
        evaluations.stream().flatMap(e -> e.rewardAccuracy(stage.name()).stream()).findFirst();
    Series logged = stage.series("eval_accuracy", "");
    return clean
        .or(() -> counted(stage, "out_of_fold"))
        .or(() -> counted(stage, "test"))
        .or(
            () ->
                logged.size() == 0
                    ? Optional.empty()
                    : Optional.of(Interval.exact(logged.last(), 0)));
  }

  private static Optional<Interval> counted(StageData stage, String where) {
    OptionalDouble correct = stage.summary(where + "_correct");
    OptionalDouble pairs = stage.summary(where + "_pairs");
    return correct.isPresent() && pairs.isPresent()
        ? Optional.of(Wilson.interval(correct.getAsDouble(), (int) pairs.getAsDouble()))
        : Optional.empty();
  }

  /** A simple line that a reward model should beat. */
  static OptionalDouble bagOfWords(RunData run) {
    return source(run).map(pairs -> pairs.summary("bag_of_words")).orElse(OptionalDouble.empty());
  }

  private static Optional<StageData> source(RunData run) {
    return run.ofKind("preferences").stream()
        .filter(stage -> stage.summary("bag_of_words").isPresent())
        .findFirst();
  }
}
