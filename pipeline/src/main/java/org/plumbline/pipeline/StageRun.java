package org.plumbline.pipeline;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.plumbline.stage.ConsoleProgress;
import org.plumbline.stage.Manifest;
import org.plumbline.stage.Manifests;
import org.plumbline.stage.MetricFiles;
import org.plumbline.stage.MetricSink;
import org.plumbline.stage.Progress;
import org.plumbline.stage.RunContext;
import org.plumbline.stage.StopSignal;

/** The context of one running stage. */
final class StageRun implements RunContext, AutoCloseable {
  private final RunSettings settings;
  private final String name;
  private final Path directory;
  private final Function<String, Path> resolver;
  private final StopSignal stop;
  private final PrintStream out;
  private final MetricFiles metrics;
  private final List<String> warnings = new ArrayList<>();

  StageRun(
      RunSettings settings,
      String name,
      Path directory,
      Function<String, Path> resolver,
      StopSignal stop,
      PrintStream out) {
    this.settings = settings;
    this.name = name;
    this.directory = directory;
    this.resolver = resolver;
    this.stop = stop;
    this.out = out;
    this.metrics = new MetricFiles(directory);
  }

  List<String> warnings() {
    return List.copyOf(warnings);
  }

  @Override
  public String runName() {
    return settings.name();
  }

  @Override
  public String stageName() {
    return name;
  }

  @Override
  public long seed() {
    return settings.seed();
  }

  @Override
  public Path directory() {
    return directory;
  }

  @Override
  public Path resolve(String value) {
    return resolver.apply(value);
  }

  @Override
  public Optional<Manifest> manifest(String value) {
    try {
      return Manifests.read(resolve(value));
    } catch (IOException e) {
      throw new UncheckedIOException("reading the manifest of " + value, e);
    }
  }

  @Override
  public MetricSink metrics() {
    return metrics;
  }

  @Override
  public Progress progress(String task, long total) {
    return ConsoleProgress.start(task, total, out);
  }

  @Override
  public void say(String line) {
    out.println("  " + line);
  }

  @Override
  public void warn(String line) {
    warnings.add(line);
    out.println("  warning: " + line);
  }

  @Override
  public boolean stopRequested() {
    return stop.isRequested();
  }

  @Override
  public String device() {
    return settings.device();
  }

  @Override
  public void close() {
    metrics.close();
  }
}
