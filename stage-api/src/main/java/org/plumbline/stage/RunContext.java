package org.plumbline.stage;

import java.nio.file.Path;

/** What a running stage gets from the run around it. */
public interface RunContext {
  /** Name of the run, and of its directory. */
  String runName();

  /** Name of this stage within the run. */
  String stageName();

  /** The run's seed; derive streams from it with {@link RandomStreams}. */
  long seed();

  /** Where this stage writes: its artifact, checkpoints and metrics; exists. */
  Path directory();

  /**
   * The directory or file behind a config value: an earlier stage's artifact directory, else a
   * path.
   *
   * @throws UserException naming the value when neither exists
   */
  Path resolve(String value);

  /** The manifest of the artifact behind a config value, empty for a plain path. */
  java.util.Optional<Manifest> manifest(String value);

  /** Metrics of this stage: metrics.jsonl, timings.jsonl and TensorBoard files. */
  MetricSink metrics();

  /** Starts a progress display: a bar on a terminal, plain lines otherwise. */
  Progress progress(String task, long total);

  /** One plain line for the user. */
  void say(String line);

  /** A warning for terminal, manifest and report: what, likely cause, next step. */
  void warn(String line);

  /**
   * True once SIGTERM or Ctrl-C arrived: write a checkpoint, then throw {@link StoppedException}.
   */
  boolean stopRequested();

  /**
   * Device asked for on the command line or in the recipe: {@code auto}, {@code cpu}, {@code
   * cuda:N}.
   */
  String device();
}
