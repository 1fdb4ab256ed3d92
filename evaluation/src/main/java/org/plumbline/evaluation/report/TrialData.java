package org.plumbline.evaluation.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.plumbline.evaluation.chart.Series;
import org.plumbline.stage.Json;

/**
 * What a trial's folder tells.
 *
 * @param stage the one whose size, time and memory are shown
 * @param curves of the sets that it followed
 */
record TrialData(Path folder, long seed, StageData stage, List<HeldOutCurve> curves) {
  static TrialData read(Path folder, String measured) throws IOException {
    StageData stage = StageData.read(folder.resolve(measured));
    String name = String.valueOf(folder.getFileName());
    long seed = Long.parseLong(name.substring(name.indexOf('-') + 1));
    return new TrialData(folder, seed, stage, HeldOutCurve.of(stage));
  }

  /** The first set that is part of what was learned. */
  Optional<HeldOutCurve> fresh() {
    return curves.stream().filter(HeldOutCurve::trained).findFirst();
  }

  /** The first set that is not. */
  Optional<HeldOutCurve> old() {
    return curves.stream().filter(curve -> !curve.trained()).findFirst();
  }

  /** Steps until the validation loss first gets down to a level; empty if it never does. */
  OptionalDouble stepsTo(double level) {
    Series losses = stage.series("eval_loss", "");
    for (int i = 0; i < losses.size(); i++) {
      if (losses.y()[i] <= level) {
        if (i == 0) {
          return OptionalDouble.of(losses.x()[0]);
        }
        double share = (losses.y()[i - 1] - level) / (losses.y()[i - 1] - losses.y()[i]);
        return OptionalDouble.of(losses.x()[i - 1] + share * (losses.x()[i] - losses.x()[i - 1]));
      }
    }
    return OptionalDouble.empty();
  }

  /** The lowest validation loss. */
  OptionalDouble bestLoss() {
    return Arrays.stream(stage.series("eval_loss", "").y()).min();
  }

  /** Median seconds of a step. */
  OptionalDouble secondsPerStep() throws IOException {
    double[] seconds =
        StageData.rows(stage.directory().resolve("timings.jsonl")).stream()
            .mapToDouble(row -> row.path("seconds").asDouble())
            .sorted()
            .toArray();
    return seconds.length == 0
        ? OptionalDouble.empty()
        : OptionalDouble.of(seconds[seconds.length / 2]);
  }

  /** A number of one of the trial's own small files. */
  OptionalDouble number(String file, String key) throws IOException {
    JsonNode value = json(file).path(key);
    return value.isNumber() ? OptionalDouble.of(value.asDouble()) : OptionalDouble.empty();
  }

  /** A small file of the trial's own; missing where there is none. */
  JsonNode json(String file) throws IOException {
    Path path = folder.resolve(file);
    return Files.isRegularFile(path) ? Json.read(path) : MissingNode.getInstance();
  }

  /**
   * A figure per prompt, where the key is the mean of one: {@code STAGE.MODEL.q} or {@code
   * STAGE.MODEL.good_rate} of an evaluation.
   */
  Map<String, Double> perPrompt(String key) throws IOException {
    List<String> parts = List.of(key.split("\\."));
    Map<String, Double> values = new LinkedHashMap<>();
    if (parts.size() != 3 || !List.of("q", "good_rate").contains(parts.get(2))) {
      return values;
    }
    for (JsonNode row : StageData.rows(folder.resolve(parts.get(0)).resolve("samples.jsonl"))) {
      List<Double> replies = new ArrayList<>();
      for (JsonNode reply : row.path("replies").path(parts.get(1))) {
        JsonNode value = reply.path(parts.get(2).equals("q") ? "q" : "good");
        replies.add(value.isBoolean() ? (value.asBoolean() ? 1.0 : 0.0) : value.asDouble());
      }
      values.put(
          row.path("id").asText(),
          replies.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN));
    }
    return values;
  }
}
