package org.plumbline.reward;

import com.fasterxml.jackson.core.type.TypeReference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.plumbline.stage.AtomicFiles;
import org.plumbline.stage.Json;
import org.plumbline.stage.Manifest;
import org.plumbline.stage.MetricFiles;
import org.plumbline.stage.MetricSink;
import org.plumbline.stage.Progress;
import org.plumbline.stage.RunContext;

/** One fold of a stage: the same run, a directory, metrics and result of its own. */
final class FoldContext implements RunContext, AutoCloseable {
  private static final String RESULT = "result.json";

  private final RunContext stage;
  private final String name;
  private final Path directory;
  private final MetricFiles metrics;

  private FoldContext(RunContext stage, String name, Path directory) {
    this.stage = stage;
    this.name = name;
    this.directory = directory;
    this.metrics = new MetricFiles(directory);
  }

  static FoldContext of(RunContext stage, int number) throws IOException {
    String name = "fold-" + (number + 1);
    Path directory = Files.createDirectories(stage.directory().resolve(name));
    return new FoldContext(stage, stage.stageName() + "." + name, directory);
  }

  /** The fold's result if an earlier process finished it, else empty and open for entries. */
  Map<String, Object> finished() throws IOException {
    Path file = directory.resolve(RESULT);
    return Files.isRegularFile(file)
        ? Json.mapper()
            .readValue(file.toFile(), new TypeReference<LinkedHashMap<String, Object>>() {})
        : new LinkedHashMap<>();
  }

  /** Writes the result, after which the fold is never computed again. */
  void finish(Map<String, Object> result) throws IOException {
    AtomicFiles.DISK.writeString(directory.resolve(RESULT), Json.pretty(result));
  }

  @Override
  public String runName() {
    return stage.runName();
  }

  @Override
  public String stageName() {
    return name;
  }

  @Override
  public long seed() {
    return stage.seed();
  }

  @Override
  public Path directory() {
    return directory;
  }

  @Override
  public Path resolve(String value) {
    return stage.resolve(value);
  }

  @Override
  public Optional<Manifest> manifest(String value) {
    return stage.manifest(value);
  }

  @Override
  public MetricSink metrics() {
    return metrics;
  }

  @Override
  public Progress progress(String task, long total) {
    return stage.progress(task, total);
  }

  @Override
  public void say(String line) {
    stage.say(line);
  }

  @Override
  public void warn(String line) {
    stage.warn(line);
  }

  @Override
  public boolean stopRequested() {
    return stage.stopRequested();
  }

  @Override
  public String device() {
    return stage.device();
  }

  /** Drops all but the result of a finished fold: what remains is equal for equal runs. */
  @Override
  public void close() throws IOException {
    metrics.close();
    if (Files.isRegularFile(directory.resolve(RESULT))) {
      List<Path> rest;
      try (Stream<Path> entries = Files.list(directory)) {
        rest = entries.filter(path -> !path.endsWith(RESULT)).toList();
      }
      for (Path path : rest) {
        AtomicFiles.DISK.deleteTree(path);
      }
    }
  }
}
