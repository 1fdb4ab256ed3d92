package org.plumbline.sft.classify;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.plumbline.stage.AtomicFiles;
import org.plumbline.stage.Json;
import org.plumbline.stage.JsonLines;
import org.plumbline.stage.statistics.Bootstrap;
import org.plumbline.stage.statistics.Interval;

/**
 * What was measured on held-out rows: {@code classification.json} with every figure and its
 * interval, {@code predictions.jsonl} row by row.
 *
 * @param part which rows: test, or validation where there is no test
 * @param numbers by figure
 * @param classes by class and figure
 * @param lines what stands beside the numbers: majority class, keyword rule
 * @param rows one per held-out row
 */
record ClassificationFile(
    ClassifyConfig config,
    String part,
    List<String> labels,
    Map<String, Interval> numbers,
    Map<String, Map<String, Interval>> classes,
    Map<String, Map<String, Interval>> lines,
    List<ObjectNode> rows) {
  /** Figures of predictions and lines, every interval from the same draws. */
  static ClassificationFile of(
      ClassifyConfig config,
      String part,
      List<String> labels,
      Tally predicted,
      Map<String, Tally> lines,
      List<ObjectNode> rows,
      long seed) {
    Bootstrap bootstrap = new Bootstrap(seed, config.resamples());
    Map<String, Map<String, Interval>> beside = new LinkedHashMap<>();
    lines.forEach((name, tally) -> beside.put(name, tally.intervals(bootstrap)));
    return new ClassificationFile(
        config,
        part,
        labels,
        predicted.intervals(bootstrap),
        predicted.classIntervals(bootstrap),
        beside,
        rows);
  }

  void write(Path directory, long seed) throws IOException {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    root.put("task", config.task().name().toLowerCase(java.util.Locale.ROOT));
    root.put("part", part);
    root.put("rows", rows.size());
    root.put("seed", seed);
    root.put(
        "intervals",
        "95 %% percentile bootstrap, %d draws over rows; one seed: they cover the choice of rows only"
            .formatted(config.resamples()));
    labels.forEach(root.putArray("labels")::add);
    put(root.putObject("numbers"), numbers);
    ObjectNode byClass = root.putObject("classes");
    classes.forEach((name, own) -> put(byClass.putObject(name), own));
    ObjectNode beside = root.putObject("lines");
    lines.forEach((name, own) -> put(beside.putObject(name), own));
    AtomicFiles.DISK.writeString(directory.resolve("classification.json"), Json.pretty(root));
    JsonLines.write(
        directory.resolve("predictions.jsonl"),
        sink -> {
          for (ObjectNode row : rows) {
            sink.write(row);
          }
        });
  }

  private static void put(ObjectNode node, Map<String, Interval> figures) {
    figures.forEach(
        (name, interval) -> {
          if (name.equals("support")) {
            node.put(name, Math.round(interval.value()));
          } else {
            node.set(name, interval.json());
          }
        });
  }

  /** The same as flat keys for the manifest: values, the bounds of the numbers, the lines. */
  Map<String, Object> summary() {
    Map<String, Object> summary = new LinkedHashMap<>();
    summary.put("measured_on", part);
    summary.put("measured_rows", rows.size());
    numbers.forEach(
        (name, interval) -> {
          put(summary, name, interval.value());
          put(summary, name + "_low", interval.low());
          put(summary, name + "_high", interval.high());
        });
    lines.forEach(
        (line, own) ->
            own.forEach((name, interval) -> put(summary, line + "." + name, interval.value())));
    classes.forEach(
        (label, own) ->
            own.forEach((name, interval) -> put(summary, name + "/" + label, interval.value())));
    return summary;
  }

  /** What is undefined has no place in the manifest. */
  private static void put(Map<String, Object> summary, String name, double value) {
    if (Double.isFinite(value)) {
      summary.put(name, value);
    }
  }
}
