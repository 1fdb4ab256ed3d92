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

/** Each reward model's accuracy among the lines it must be read against. */
final class RewardLines {
  private static final Map<String, String> LINES = lines();

  /** Names under which a reward-model stage may sum up its accuracy, the cleanest first. */
  private static final List<String> ACCURACIES =
      List.of("test_accuracy", "clean_accuracy", "accuracy", "eval_accuracy", "best_eval_accuracy");

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

  static List<Chart> charts(RunData run) {
    List<Bar> bars = new ArrayList<>();
    for (StageData stage : run.ofKind("reward-model")) {
      accuracy(stage).ifPresent(value -> bars.add(Bar.plain(stage.name(), bars.size(), value)));
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

  static OptionalDouble accuracy(StageData stage) {
    for (String key : ACCURACIES) {
      OptionalDouble value = stage.summary(key);
      if (value.isPresent()) {
        return value;
      }
    }
    Series logged = stage.series("eval_accuracy", "");
    return logged.size() == 0 ? OptionalDouble.empty() : OptionalDouble.of(logged.last());
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
