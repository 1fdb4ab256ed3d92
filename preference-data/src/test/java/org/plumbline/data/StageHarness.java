package org.plumbline.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.plumbline.stage.Manifest;
import org.plumbline.stage.MetricSink;
import org.plumbline.stage.Progress;
import org.plumbline.stage.RunContext;
import org.plumbline.stage.UserException;
import org.plumbline.stage.ValidationContext;

/** A run around one stage: artifacts by name, everything said kept. */
public final class StageHarness implements RunContext, ValidationContext {
  private final Path directory;
  private final long seed;
  private final Map<String, Path> artifacts = new LinkedHashMap<>();
  public final List<String> said = new ArrayList<>();

  public StageHarness(Path directory, long seed) {
    this.directory = directory;
    this.seed = seed;
  }

  /** Makes an earlier stage's directory known. */
  public StageHarness artifact(String name, Path place) {
    artifacts.put(name, place);
    return this;
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
  public Optional<Manifest> manifest(String value) {
    return Optional.empty();
  }

  @Override
  public MetricSink metrics() {
    throw new UnsupportedOperationException("data stages have no optimiser steps");
  }

  @Override
  public Progress progress(String task, long total) {
    throw new UnsupportedOperationException("data stages are short");
  }

  @Override
  public void say(String line) {
    said.add(line);
  }

  @Override
  public void warn(String line) {
    said.add(line);
  }

  @Override
  public boolean stopRequested() {
    return false;
  }

  @Override
  public String device() {
    return "cpu";
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
}
