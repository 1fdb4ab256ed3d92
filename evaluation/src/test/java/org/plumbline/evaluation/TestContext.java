package org.plumbline.evaluation;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.plumbline.stage.Manifest;
import org.plumbline.stage.MetricSink;
import org.plumbline.stage.Progress;
import org.plumbline.stage.RunContext;

/** A run around one stage, in memory but for its directory. */
final class TestContext implements RunContext, MetricSink {
  final List<String> warnings = new ArrayList<>();
  boolean stop;
  private final Path directory;

  TestContext(Path directory) {
    this.directory = directory;
  }

  @Override
  public String runName() {
    return "test";
  }

  @Override
  public String stageName() {
    return "evaluate";
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
    return Path.of(value);
  }

  @Override
  public Optional<Manifest> manifest(String value) {
    return Optional.empty();
  }

  @Override
  public MetricSink metrics() {
    return this;
  }

  @Override
  public Progress progress(String task, long total) {
    return new Progress() {
      @Override
      public void to(long done, String note) {}

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
    return stop;
  }

  @Override
  public String device() {
    return "cpu";
  }

  @Override
  public void row(long step, Map<String, Double> values) {}

  @Override
  public void timing(long step, Map<String, Double> values) {}

  @Override
  public void rewindTo(long step) {}

  @Override
  public void flush() {}
}
