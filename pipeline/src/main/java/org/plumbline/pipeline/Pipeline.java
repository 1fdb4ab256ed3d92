package org.plumbline.pipeline;

import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.plumbline.model.ModelFormatException;
import org.plumbline.stage.ArtifactDirectory;
import org.plumbline.stage.Manifest;
import org.plumbline.stage.Manifests;
import org.plumbline.stage.RunLock;
import org.plumbline.stage.StageInput;
import org.plumbline.stage.StopSignal;
import org.plumbline.stage.UserException;
import org.plumbline.stage.config.KeyNames;

/** Runs a recipe: finished stages are skipped, stale ones run again, unfinished ones resume. */
public final class Pipeline {
  private final Recipe recipe;
  private final RunFolder folder;
  private final StopSignal stop;
  private final PrintStream out;

  /**
   * A pipeline over one recipe.
   *
   * @param out takes progress and messages
   */
  public Pipeline(Recipe recipe, StopSignal stop, PrintStream out) {
    this(recipe, new RunFolder(recipe), stop, out);
  }

  /** As above, in a folder other than the recipe's own. */
  public Pipeline(Recipe recipe, RunFolder folder, StopSignal stop, PrintStream out) {
    this.recipe = recipe;
    this.folder = folder;
    this.stop = stop;
    this.out = out;
  }

  /** How a stage went. */
  public enum Status {
    SKIPPED,
    RAN,
    RESUMED
  }

  /**
   * One row of the final table.
   *
   * @param seconds spent now
   */
  public record StageResult(Manifest manifest, Status status, double seconds) {}

  /** The run's folder. */
  public java.nio.file.Path folder() {
    return folder.path();
  }

  /** Refuses what can be refused before anything runs: exit code 2. */
  public void check(RunOptions options) throws IOException {
    for (String name : options.only()) {
      if (recipe.step(name).isEmpty()) {
        List<String> names = recipe.steps().stream().map(Step::name).toList();
        throw new UserException(
            "--stage %s names no stage of %s%s; stages: %s"
                .formatted(
                    name,
                    recipe.source(),
                    KeyNames.nearest(name, names).map(n -> ", did you mean " + n + "?").orElse(""),
                    String.join(", ", names)));
      }
    }
    Preflight preflight = new Preflight(recipe, folder);
    preflight.check();
    preflight.refuseChanged(options);
  }

  /**
   * Runs all stages asked for, in order; {@link #check} must have passed.
   *
   * @param begins called once the run folder is ours: what fails later is a failure of the work
   */
  public List<StageResult> run(RunOptions options, Runnable begins) throws IOException {
    try (RunLock lock = RunLock.acquire(folder.path(), out::println)) {
      begins.run();
      Set<String> wanted = wanted(options);
      List<StageResult> results = new ArrayList<>();
      int number = 0;
      for (Step<?> step : recipe.steps()) {
        number++;
        if (wanted.contains(step.name())) {
          out.printf("[%d/%d] %s%n", number, recipe.steps().size(), title(step));
          results.add(run(step, options));
        }
      }
      return results;
    }
  }

  private static String title(Step<?> step) {
    return step.name().equals(step.stage().kind())
        ? step.name()
        : step.name() + " (" + step.stage().kind() + ")";
  }

  /** The stages asked for and, transitively, the unfinished ones that they need. */
  private Set<String> wanted(RunOptions options) throws IOException {
    Set<String> wanted = new LinkedHashSet<>(options.only());
    if (wanted.isEmpty()) {
      recipe.steps().forEach(step -> wanted.add(step.name()));
      return wanted;
    }
    List<Step<?>> backwards = new ArrayList<>(recipe.steps());
    java.util.Collections.reverse(backwards);
    for (Step<?> step : backwards) {
      if (wanted.contains(step.name())) {
        for (StageInput input : step.inputs()) {
          boolean unfinished =
              recipe.step(input.value()).isPresent()
                  && !folder.artifact(input.value()).isFinished();
          if (unfinished) {
            wanted.add(input.value());
          }
        }
      }
    }
    return wanted;
  }

  private <C extends Record> StageResult run(Step<C> step, RunOptions options) throws IOException {
    long started = System.nanoTime();
    ArtifactDirectory artifact = folder.artifact(step.name());
    artifact.recover();
    Manifest planned = Plan.of(step, recipe.run(), folder::resolve, false);
    Optional<Manifest> finished = artifact.manifest();
    if (finished.isPresent()) {
      Optional<String> change = Plan.difference(finished.get(), planned);
      if (change.isEmpty()) {
        out.println("  finished before, nothing changed");
        return new StageResult(finished.get(), Status.SKIPPED, 0);
      }
      out.println("  runs again: " + change.get());
      artifact.startOver();
    }
    Status status = begin(artifact, planned, options);
    boolean forced = artifact.started().map(Manifest::forced).orElse(false);
    try (StageRun context =
        new StageRun(recipe.run(), step.name(), artifact.path(), folder::resolve, stop, out)) {
      Map<String, Object> summary = step.stage().run(step.config(), context);
      context.metrics().flush();
      Manifest manifest = finished(planned, summary, context, artifact, forced);
      artifact.finish(manifest);
      new org.plumbline.stage.Checkpoints(artifact.path(), context::warn).clear();
      double seconds = (System.nanoTime() - started) / 1e9;
      return new StageResult(manifest, status, seconds);
    } catch (UserException | ModelFormatException e) {
      throw new UserException(step.name() + ": " + e.getMessage(), e);
    }
  }

  /** Notes with what the stage is begun, unless it goes on from before. */
  private Status begin(ArtifactDirectory artifact, Manifest planned, RunOptions options)
      throws IOException {
    Optional<Manifest> started = artifact.started();
    if (started.isEmpty()) {
      artifact.begin(planned);
      return Status.RAN;
    }
    Optional<String> change = Plan.difference(started.get(), planned);
    if (options.fresh() || change.isPresent() && !options.force()) {
      out.println("  starts over: " + change.orElse("--fresh"));
      artifact.startOver();
      artifact.begin(planned);
      return Status.RAN;
    }
    if (change.isPresent()) {
      out.println("  goes on although " + change.get() + " (--force)");
      artifact.begin(forced(planned));
    }
    return Status.RESUMED;
  }

  private static Manifest forced(Manifest m) {
    return new Manifest(
        m.kind(),
        m.name(),
        m.config(),
        m.configHash(),
        m.inputs(),
        m.seed(),
        m.versions(),
        m.summary(),
        m.warnings(),
        m.files(),
        true);
  }

  private static Manifest finished(
      Manifest planned,
      Map<String, Object> summary,
      StageRun context,
      ArtifactDirectory artifact,
      boolean forced)
      throws IOException {
    return new Manifest(
        planned.kind(),
        planned.name(),
        planned.config(),
        planned.configHash(),
        planned.inputs(),
        planned.seed(),
        planned.versions(),
        summary,
        context.warnings(),
        Manifests.artifactFiles(artifact.path()),
        forced);
  }
}
