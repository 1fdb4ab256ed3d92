package org.plumbline.pipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code kill -9} in the middle of a trainer, then the same command: it finishes, and every metric
 * and weight equals that of a run nobody disturbed.
 */
@Tag("e2e")
class KillTest {
  /** Rows that each trainer writes to metrics.jsonl. */
  private static final Map<String, Integer> ROWS =
      Map.of("sft", TinyRecipe.STEPS, "reward", TinyRecipe.STEPS, "ppo", TinyRecipe.UPDATES);

  private static final int LONG_KILLS = Integer.getInteger("plumbline.kills", 5);

  @TempDir private static Path shared;
  private static Path recipe;

  @TempDir private Path folder;

  @BeforeAll
  static void unbroken() throws IOException {
    recipe = TinyRecipe.trainers(shared);
    Cli.run("run", recipe, "--output", shared).done();
  }

  /** One run that dies in each of the three trainers. */
  @Test
  void aRunKilledInEachTrainerEndsAsIfNothingHadHappened()
      throws IOException, InterruptedException {
    long seed = System.nanoTime();
    SplittableRandom random = new SplittableRandom(seed);
    copyStages("sft");
    int inside = 0;
    for (String stage : new String[] {"sft", "reward", "ppo"}) {
      inside += killIn(stage, random) ? 1 : 0;
    }
    assertThat(inside).as("kills that met a trainer at work, seed %d", seed).isPositive();
    finishAndCompare("seed " + seed);
  }

  /** {@code -Dplumbline.kills=20} for the longest form. */
  @Test
  @Tag("long")
  void manyKillsInSft() throws IOException, InterruptedException {
    manyKills("sft");
  }

  @Test
  @Tag("long")
  void manyKillsInTheRewardModel() throws IOException, InterruptedException {
    manyKills("reward");
  }

  @Test
  @Tag("long")
  void manyKillsInPpo() throws IOException, InterruptedException {
    manyKills("ppo");
  }

  /** Kills at any moment of all stages, the labelling and the evaluation among them. */
  @Test
  @Tag("long")
  void killsAtAnyMomentOfTheWholeRun() throws IOException, InterruptedException {
    long seed = System.nanoTime();
    SplittableRandom random = new SplittableRandom(seed);
    Path whole = TinyRecipe.whole(Files.createDirectory(folder.resolve("whole")));
    long started = System.nanoTime();
    Cli.run("run", whole, "--output", folder.resolve("unbroken")).done();
    int millis = Math.toIntExact((System.nanoTime() - started) / 1_000_000);
    for (int i = 0; i < 4 * LONG_KILLS; i++) {
      try (ChildRun child = ChildRun.start(folder, "run", whole, "--output", folder)) {
        Thread.sleep(1000 + random.nextInt(millis));
        child.kill();
      }
    }
    try (ChildRun child = ChildRun.start(folder, "run", whole, "--output", folder)) {
      child.done();
    }
    RunFiles.assertSame(folder.resolve("unbroken/tiny"), folder.resolve("tiny"));
  }

  /** Each from the same start, then all in one run that hardly gets anywhere between two kills. */
  private void manyKills(String stage) throws IOException, InterruptedException {
    long seed = System.nanoTime();
    SplittableRandom random = new SplittableRandom(seed);
    int inside = 0;
    for (int i = 0; i < LONG_KILLS; i++) {
      deleteRun();
      copyStages(stage);
      inside += killIn(stage, random) ? 1 : 0;
      finishAndCompare("%s, kill %d of seed %d".formatted(stage, i + 1, seed));
    }
    assertThat(inside).as("kills that met the stage at work").isGreaterThan(LONG_KILLS / 2);
    deleteRun();
    copyStages(stage);
    for (int i = 0; i < LONG_KILLS; i++) {
      killIn(stage, random);
    }
    finishAndCompare("%s, all kills in one run of seed %d".formatted(stage, seed));
  }

  /** Takes over what stands before a stage, so that only it and what follows must run. */
  private void copyStages(String until) throws IOException {
    for (String stage : TinyRecipe.STAGES.subList(0, TinyRecipe.STAGES.indexOf(until))) {
      Path from = shared.resolve("tiny").resolve(stage);
      try (Stream<Path> files = Files.walk(from)) {
        for (Path file : files.toList()) {
          Path to = folder.resolve("tiny").resolve(stage).resolve(from.relativize(file));
          if (Files.isDirectory(file)) {
            Files.createDirectories(to);
          } else {
            Files.copy(file, to);
          }
        }
      }
    }
  }

  /** Kills at a random row of a stage, or within the time to the next; true if it was at work. */
  private boolean killIn(String stage, SplittableRandom random)
      throws IOException, InterruptedException {
    Path directory = folder.resolve("tiny").resolve(stage);
    int rows = random.nextInt(ROWS.get(stage));
    Path awaited = directory.resolve(rows == 0 ? "started.json" : "metrics.jsonl");
    try (ChildRun child = ChildRun.start(folder, "run", recipe, "--output", folder)) {
      child.awaitLines(awaited, rows);
      Thread.sleep(random.nextInt(15));
      child.kill();
    }
    return Files.exists(directory.resolve("started.json"));
  }

  private void finishAndCompare(String description) throws IOException, InterruptedException {
    try (ChildRun child = ChildRun.start(folder, "run", recipe, "--output", folder)) {
      child.done();
    } catch (AssertionError e) {
      throw new AssertionError(description, e);
    }
    try {
      RunFiles.assertSame(shared.resolve("tiny"), folder.resolve("tiny"));
    } catch (AssertionError e) {
      throw new AssertionError(description, e);
    }
  }

  private void deleteRun() throws IOException {
    org.plumbline.stage.AtomicFiles.DISK.deleteTree(folder.resolve("tiny"));
  }
}
