package org.plumbline.evaluation.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.plumbline.evaluation.chart.Digits;
import org.plumbline.stage.statistics.Interval;

/** The tables of a study. */
final class StudyTables {
  private static final double MEBIBYTE = 1 << 20;

  private final StudyOutline outline;
  private final List<StudyArm> arms;
  private final StudyComparison comparison;
  private final Optional<StudyForgetting> forgetting;

  StudyTables(StudyOutline outline, List<StudyArm> arms) {
    this.outline = outline;
    this.arms = arms;
    this.comparison =
        new StudyComparison(
            arms.stream()
                .filter(arm -> arm.result().name().equals(outline.baseline()))
                .findFirst()
                .orElseThrow());
    this.forgetting = StudyForgetting.of(arms, outline.equalLoss());
  }

  /** All arms, each in a row. */
  Block.Table arms() throws IOException {
    List<Map<String, String>> rows = new ArrayList<>();
    for (StudyArm arm : arms) {
      rows.add(row(arm));
    }
    return table("All arms at their best point", rows);
  }

  /** How the figures of that table are to be read. */
  Block.Text note() {
    int seeds = outline.seeds().size();
    return new Block.Text(
        "Figures are means over %d seed%s with 95 %% intervals (Student's t).%s"
            .formatted(
                seeds,
                seeds == 1 ? "" : "s",
                forgetting
                    .map(
                        f ->
                            " Old-domain loss is read where the loss on the new domain first gets down to %s nats per token."
                                .formatted(Digits.of(f.level())))
                    .orElse("")));
  }

  private Map<String, String> row(StudyArm arm) throws IOException {
    Map<String, String> row = new LinkedHashMap<>();
    JsonNode serving = arm.serving();
    row.put("arm", arm.result().name());
    row.put("at", arm.result().chosen());
    if (arm.trials().isEmpty()) {
      row.put("note", "diverged");
      return row;
    }
    put(row, "parameters", arm.least(trial -> trial.stage().summary("parameters")), 1);
    for (Map.Entry<String, String> figure : outline.figures().entrySet()) {
      row.put(figure.getKey(), Shown.numberOrDash(arm.figure(figure.getValue())));
    }
    forgetting.ifPresent(
        f -> row.put("old-domain loss", f.old(arm).map(Shown::number).orElse("not reached")));
    put(row, "seconds per step", arm.least(TrialData::secondsPerStep), 1);
    put(row, "peak memory, MiB", arm.least(t -> t.number("costs.json", "peak_memory_mib")), 1);
    put(row, "time over base", number(serving, "time_over_base"), 1);
    if (serving.has("mergeable")) {
      row.put("mergeable", serving.path("mergeable").asBoolean() ? "yes" : "no");
    }
    put(row, "to ship, MiB", number(serving, "bytes"), MEBIBYTE);
    put(row, "switch, ms", number(serving, "switch_milliseconds"), 1);
    return row;
  }

  private static OptionalDouble number(JsonNode node, String key) {
    return node.path(key).isNumber()
        ? OptionalDouble.of(node.path(key).asDouble())
        : OptionalDouble.empty();
  }

  private static void put(
      Map<String, String> row, String title, OptionalDouble value, double unit) {
    value.ifPresent(
        v ->
            row.put(
                title,
                v / unit == Math.rint(v / unit) && v < 1e7
                    ? "%,d".formatted((long) (v / unit))
                    : Digits.of(v / unit)));
  }

  /** Differences from the baseline; none where there is one arm. */
  Block.Table differences() throws IOException {
    List<Map<String, String>> rows = new ArrayList<>();
    for (StudyArm arm : arms) {
      if (arm.result().name().equals(outline.baseline()) || arm.trials().isEmpty()) {
        continue;
      }
      Map<String, String> row = new LinkedHashMap<>();
      row.put("arm", arm.result().name());
      for (Map.Entry<String, String> figure : outline.figures().entrySet()) {
        row.put(
            figure.getKey(),
            comparison.difference(arm, figure.getValue()).map(StudyTables::signed).orElse("–"));
      }
      row.put(
          "steps to the baseline's loss",
          comparison.stepsRatio(arm).map(r -> "× " + Shown.number(r)).orElse("not reached"));
      rows.add(row);
    }
    return table(
        "Against %s, paired by seed: difference with its 95 %% interval (means of prompts: over seeds and prompts)"
            .formatted(outline.baseline()),
        rows);
  }

  private static String signed(Interval interval) {
    return (interval.value() > 0 ? "+" : "") + Shown.number(interval);
  }

  /** What was minimised at every point of every grid. */
  Block.Table searches() {
    List<Map<String, String>> rows = new ArrayList<>();
    for (StudyArm arm : arms) {
      arm.result()
          .searched()
          .forEach(
              (point, value) -> {
                Map<String, String> row = new LinkedHashMap<>();
                row.put("arm", arm.result().name());
                row.put("point", point);
                row.put(
                    "minimised", value.isPresent() ? Digits.of(value.getAsDouble()) : "diverged");
                row.put("chosen", point.equals(arm.result().chosen()) ? "yes" : "");
                rows.add(row);
              });
    }
    return table("Search", rows);
  }

  /** Columns are what some row has. */
  private static Block.Table table(String caption, List<Map<String, String>> rows) {
    List<String> head = new ArrayList<>();
    for (Map<String, String> row : rows) {
      row.keySet().stream().filter(key -> !head.contains(key)).forEach(head::add);
    }
    return new Block.Table(
        caption,
        head,
        rows.stream()
            .map(row -> head.stream().map(key -> row.getOrDefault(key, "")).toList())
            .toList());
  }
}
