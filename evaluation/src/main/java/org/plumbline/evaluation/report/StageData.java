package org.plumbline.evaluation.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.plumbline.evaluation.chart.Series;
import org.plumbline.stage.Json;
import org.plumbline.stage.JsonLineReader;
import org.plumbline.stage.JsonRow;
import org.plumbline.stage.UserException;

/** A finished stage as its directory tells it. */
record StageData(String name, Path directory, JsonNode manifest, List<JsonNode> metrics) {
  static final String MANIFEST = "manifest.json";

  static StageData read(Path directory) throws IOException {
    return new StageData(
        String.valueOf(directory.getFileName()),
        directory,
        Json.read(directory.resolve(MANIFEST)),
        rows(directory.resolve("metrics.jsonl")));
  }

  /** All whole rows of a file; none where there is no file, and none behind a damaged row. */
  static List<JsonNode> rows(Path file) throws IOException {
    List<JsonNode> rows = new ArrayList<>();
    if (Files.isRegularFile(file)) {
      try (JsonLineReader reader = JsonLineReader.open(file)) {
        for (JsonRow row = reader.next(); row != null; row = reader.next()) {
          rows.add(row.value());
        }
      } catch (UserException damaged) {
        return rows;
      }
    }
    return rows;
  }

  String kind() {
    return manifest.path("kind").asText();
  }

  /** Values of the input keys, in the manifest's order. */
  Map<String, String> inputs() {
    Map<String, String> inputs = new LinkedHashMap<>();
    manifest
        .path("inputs")
        .properties()
        .forEach(e -> inputs.put(e.getKey(), e.getValue().path("value").asText()));
    return inputs;
  }

  /** A number of the stage's summary. */
  OptionalDouble summary(String key) {
    JsonNode value = manifest.path("summary").path(key);
    return value.isNumber() ? OptionalDouble.of(value.asDouble()) : OptionalDouble.empty();
  }

  /** A metric over steps under a name; without points where it was never logged. */
  Series series(String metric, String label) {
    List<double[]> points = new ArrayList<>();
    for (JsonNode row : metrics) {
      JsonNode value = row.path(metric);
      if (value.isNumber()) {
        points.add(new double[] {row.path("step").asDouble(points.size() + 1), value.asDouble()});
      }
    }
    return new Series(
        label,
        points.stream().mapToDouble(p -> p[0]).toArray(),
        points.stream().mapToDouble(p -> p[1]).toArray());
  }

  /** A JSON file of the artifact, if it is there and whole. */
  Optional<JsonNode> file(String name) throws IOException {
    Path file = directory.resolve(name);
    try {
      return Files.isRegularFile(file) ? Optional.of(Json.read(file)) : Optional.empty();
    } catch (UserException damaged) {
      return Optional.of(MissingNode.getInstance());
    }
  }
}
