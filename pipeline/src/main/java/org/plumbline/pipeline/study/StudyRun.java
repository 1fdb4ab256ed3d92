package org.plumbline.pipeline.study;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.plumbline.evaluation.report.StudyOutline;
import org.plumbline.pipeline.Pipeline;
import org.plumbline.pipeline.Recipe;
import org.plumbline.pipeline.RunOptions;
import org.plumbline.stage.AtomicFiles;
import org.plumbline.stage.Hashes;
import org.plumbline.stage.RunLock;
import org.plumbline.stage.StopSignal;

/**
 * Runs a study: shared stages once, then each arm's grid, then each arm at its best point with all
 * seeds. What is finished is passed over, so the same command goes on after a stop.
 */
public final class StudyRun {
  private static final String DIVERGED = "diverged.txt";
  private static final String LOG = "log.txt";

  private final Study study;
  private final StopSignal stop;
  private final StudyProgress progress;
  private final PrintStream out;
  private final Path folder;

  /**
   * A run of a study.
   *
   * @param out takes a line per trial; what trials themselves say stands in their folders
   */
  public StudyRun(Study study, StopSignal stop, PrintStream out) {
    this.study = study;
    this.stop = stop;
    this.out = out;
    this.folder = study.folder().path();
    this.progress = new StudyProgress(study.trialCount(), out);
  }

  /** Refuses what can be refused before anything runs. */
  public void check() throws IOException {
    for (Recipe trial : study.firstOfEachArm()) {
      new Pipeline(trial, study.folder(), stop, out).check(RunOptions.RESUME);
    }
  }

  /**
   * Runs to the end.
   *
   * @param begins called once the folder is ours
   * @return what the report is made of
   */
  public StudyOutline run(Runnable begins) throws IOException {
    new Pipeline(study.shared(), study.folder(), stop, out).run(RunOptions.RESUME, begins);
    Path trials = Files.createDirectories(folder.resolve("trials"));
    try (RunLock lock = RunLock.acquire(trials, out::println)) {
      List<StudyOutline.ArmResult> results = new ArrayList<>();
      for (Arm arm : study.arms()) {
        results.add(run(arm));
      }
      Recipe any = study.firstOfEachArm().get(0);
      return new StudyOutline(
          study.shared().run().name(),
          study.baseline(),
          study.measured(any),
          study.settings().figures(),
          study.settings().equalLoss(),
          study.settings().seeds(),
          results);
    }
  }

  private StudyOutline.ArmResult run(Arm arm) throws IOException {
    Map<String, OptionalDouble> searched = new LinkedHashMap<>();
    Arm.Point best = arm.points().get(0);
    if (arm.points().size() > 1) {
      double least = Double.POSITIVE_INFINITY;
      for (Arm.Point point : arm.points()) {
        OptionalDouble value = search(arm, point);
        searched.put(point.label(), value);
        if (value.orElse(Double.POSITIVE_INFINITY) < least) {
          least = value.getAsDouble();
          best = point;
        }
      }
    }
    List<Path> trials = new ArrayList<>();
    for (long seed : study.settings().seeds()) {
      Study.Trial trial = new Study.Trial(arm, best, seed);
      if (run(trial)) {
        trials.add(trial.folder(folder));
      }
    }
    if (!trials.isEmpty()) {
      new ServingProbe(study).measure(trials.get(0), new Study.Trial(arm, best, 0));
    }
    return new StudyOutline.ArmResult(arm.name(), best.label(), searched, trials);
  }

  /** A point's mean over the seeds of the search; empty where a trial diverged. */
  private OptionalDouble search(Arm arm, Arm.Point point) throws IOException {
    SearchSettings search = study.settings().search().orElseThrow();
    double sum = 0;
    for (long seed : search.seeds()) {
      Study.Trial trial = new Study.Trial(arm, point, seed);
      if (!run(trial)) {
        return OptionalDouble.empty();
      }
      sum += StudyOutline.figure(trial.folder(folder), search.minimise());
    }
    return OptionalDouble.of(sum / search.seeds().size());
  }

  /**
   * Runs a trial, or passes over it where nothing changed.
   *
   * @return false if its numbers left what can be computed with
   */
  private boolean run(Study.Trial trial) throws IOException {
    Path place = trial.folder(folder);
    Recipe recipe = study.recipe(trial);
    Path diverged = place.resolve(DIVERGED);
    String settings = settings(recipe);
    if (Files.exists(diverged) && Files.readString(diverged).startsWith(settings)) {
      progress.passed();
      return false;
    }
    Files.createDirectories(place);
    Files.deleteIfExists(diverged);
    long started = System.nanoTime();
    TrialCosts costs = TrialCosts.begin();
    try (PrintStream log = log(place)) {
      Pipeline pipeline = new Pipeline(recipe, study.folder().beside(place, recipe), stop, log);
      boolean passed =
          pipeline.run(new RunOptions(study.own(recipe), false, false), () -> {}).stream()
              .allMatch(stage -> stage.status() == Pipeline.Status.SKIPPED);
      if (passed && Files.exists(place.resolve(TrialCosts.FILE))) {
        progress.passed();
        return true;
      }
    } catch (ArithmeticException e) {
      AtomicFiles.DISK.writeString(diverged, settings + "\n" + e.getMessage() + "\n");
      progress.ran(trial, "diverged", System.nanoTime() - started);
      return false;
    }
    Files.deleteIfExists(place.resolve(ServingProbe.FILE));
    costs.write(place);
    progress.ran(trial, "", System.nanoTime() - started);
    return true;
  }

  /** What decides how a trial goes. */
  private static String settings(Recipe recipe) {
    StringBuilder all = new StringBuilder().append(recipe.run().seed());
    recipe.steps().forEach(step -> all.append(step.config()));
    return Hashes.text(all.toString());
  }

  private static PrintStream log(Path place) throws IOException {
    return new PrintStream(
        Files.newOutputStream(
            place.resolve(LOG), StandardOpenOption.CREATE, StandardOpenOption.APPEND),
        false,
        StandardCharsets.UTF_8);
  }
}
