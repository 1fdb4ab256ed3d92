package org.plumbline.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
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
import org.plumbline.stage.Stage;
import org.plumbline.stage.UserException;
import org.plumbline.stage.ValidationContext;
import org.plumbline.stage.config.ConfigReader;
import org.plumbline.stage.config.LocatedYaml;

/**
 * A run around one stage named {@code stage} in a temporary directory: keeps what is said, and can
 * stop or die at a given step.
 */
public final class TestRun implements RunContext, ValidationContext, AutoCloseable {
  private final Path directory;
  private final long seed;
  private final MetricFiles metrics;
  private final Map<String, Path> artifacts = new LinkedHashMap<>();
  private final List<String> said = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();
  private int stopAfter = Integer.MAX_VALUE;
  private int dieAt = Integer.MAX_VALUE;
  private int asked;

  /** A run of seed 7; the directory is made if it is missing. */
  public TestRun(Path directory) {
    this(directory, 7);
  }

  /** A run of a given seed. */
  public TestRun(Path directory, long seed) {
    try {
      this.directory = Files.createDirectories(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    this.seed = seed;
    this.metrics = new MetricFiles(directory);
  }

  /** Makes an earlier stage's directory known. */
  public TestRun artifact(String name, Path place) {
    artifacts.put(name, place);
    return this;
  }

  /** As if Ctrl-C arrived before the stage asks for the n-th time from now on. */
  public TestRun stoppingAfter(int steps) {
    asked = 0;
    stopAfter = steps;
    return this;
  }

  /** As if the process were killed after this step's metrics, before its checkpoint. */
  public TestRun dyingAt(int step) {
    dieAt = step;
    return this;
  }

  /** Rows of metrics.jsonl. */
  public static List<Map<String, Double>> rows(Path directory) throws IOException {
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

  /** Runs a stage on a section in YAML. */
  public <C extends Record> Map<String, Object> run(Stage<C> stage, String yaml)
      throws IOException {
    try (this) {
      return stage.run(
          ConfigReader.read(stage.configType(), LocatedYaml.parse("test", yaml), stage.kind()),
          this);
    }
  }

  /** Plain lines for the user, in order. */
  public List<String> said() {
    return said;
  }

  /** Warnings, in order. */
  public List<String> warnings() {
    return warnings;
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
    return seed;
  }

  @Override
  public Path directory() {
    return directory;
  }

  @Override
  public Path resolve(String value) {
    Path place = path(value);
    if (!Files.exists(place)) {
      throw new UserException(value + " is neither an earlier stage nor a path");
    }
    return place;
  }

  @Override
  public boolean isEarlierStage(String value) {
    return artifacts.containsKey(value);
  }

  @Override
  public Optional<String> kindOf(String value) {
    return Optional.empty();
  }

  @Override
  public Path path(String value) {
    return artifacts.getOrDefault(value, Path.of(value));
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
  public void say(String line) {
    said.add(line);
  }

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
