package org.plumbline.training;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.plumbline.stage.Json;
import org.plumbline.stage.JsonLines;
import org.plumbline.stage.JsonRow;
import org.plumbline.stage.Manifest;
import org.plumbline.stage.MetricFiles;
import org.plumbline.stage.MetricSink;
import org.plumbline.stage.Progress;
import org.plumbline.stage.RunContext;
import org.plumbline.stage.UserException;

/** A run around one stage in a temporary directory, which can stop or die at a given step. */
final class TestRun implements RunContext, AutoCloseable {
  final List<String> warnings = new ArrayList<>();
  private final Path directory;
  private final MetricFiles metrics;
  private int stopAfter = Integer.MAX_VALUE;
  private int dieAt = Integer.MAX_VALUE;
  private int asked;

  TestRun(Path directory) {
    try {
      this.directory = Files.createDirectories(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    this.metrics = new MetricFiles(directory);
  }

  /** As if Ctrl-C arrived during this step of this process. */
  TestRun stoppingAfter(int steps) {
    stopAfter = steps;
    return this;
  }

  /** As if the process were killed after this step's metrics, before its checkpoint. */
  TestRun dyingAt(int step) {
    dieAt = step;
    return this;
  }

  /** Rows of metrics.jsonl. */
  static List<Map<String, Double>> rows(Path directory) throws IOException {
    List<Map<String, Double>> rows = new ArrayList<>();
    for (JsonRow row : JsonLines.readAll(directory.resolve("metrics.jsonl"))) {
      rows.add(
          Json.mapper()
              .convertValue(
                  row.object(),
                  Json.mapper()
                      .getTypeFactory()
                      .constructMapType(Map.class, String.class, Double.class)));
    }
    return rows;
  }

  @Override
  public String runName() {
    return "test";
  }

  @Override
  public String stageName() {
    return "stage";
  }

  @Override
  public long seed() {
    return 7;
  }

  @Override
  public Path directory() {
    return directory;
  }

  @Override
  public Path resolve(String value) {
    if (!Files.exists(Path.of(value))) {
      throw new UserException(value + " is neither an earlier stage nor a path");
    }
    return Path.of(value);
  }

  @Override
  public Optional<Manifest> manifest(String value) {
    return Optional.empty();
  }

  @Override
  public MetricSink metrics() {
    return metrics;
  }

  @Override
  public Progress progress(String task, long total) {
    return new Progress() {
      @Override
      public void to(long done, String note) {
        if (done == dieAt) {
          throw new IllegalStateException("killed at step " + done);
        }
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public void say(String line) {}

  @Override
  public void warn(String line) {
    warnings.add(line);
  }

  @Override
  public boolean stopRequested() {
    asked++;
    return asked >= stopAfter;
  }

  @Override
  public String device() {
    return "cpu";
  }

  @Override
  public void close() {
    metrics.close();
  }
}
