package org.plumbline.pipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.stage.Manifests;
import org.plumbline.stage.RunLock;
import org.plumbline.stage.StopSignal;

/** {@code plumbline run} on stages that need no model. */
@Tag("contract")
class RunCommandTest {
  private static final String RECIPE =
      """
      run: {name: r, seed: 1}
      stages:
        - sample-world: {name: world, corpus: 20, demonstrations: 20, pairs: 20, test_pairs: 4, prompts: 8, validation_prompts: 2, test_prompts: 2}
        - preferences: {name: pairs, source: world}
      """;

  @TempDir private Path folder;
  private Path recipe;

  @BeforeEach
  void write() throws IOException {
    recipe = Files.writeString(folder.resolve("recipe.yaml"), RECIPE);
  }

  private Cli.Result run(Object... more) {
    Object[] all = new Object[4 + more.length];
    System.arraycopy(new Object[] {"run", recipe, "--output", folder}, 0, all, 0, 4);
    System.arraycopy(more, 0, all, 4, more.length);
    return Cli.run(all);
  }

  @Test
  void aRunEndsWithATableAndTheReportsPlace() {
    Cli.Result first = run().done();
    assertThat(first.out()).contains("[1/2] world (sample-world)", "[2/2] pairs (preferences)");
    assertThat(first.out()).containsPattern("world +sample-world +ran");
    assertThat(first.out()).contains("Report: " + folder.resolve("r/report.html"));
    assertThat(folder.resolve("r/report.html")).isNotEmptyFile();
    assertThat(folder.resolve("r/report.json")).isNotEmptyFile();
    Cli.Result second = run().done();
    assertThat(second.out()).containsPattern("world +sample-world +skipped");
    assertThat(second.out()).containsPattern("pairs +preferences +skipped");
  }

  @Test
  void setChangesOneKey() throws IOException {
    run().done();
    Cli.Result changed = run("--set", "pairs.annotators.noise=0.3").done();
    assertThat(changed.out()).containsPattern("world +sample-world +skipped");
    assertThat(changed.out()).contains("runs again: pairs.annotators.noise was 0.1 and is 0.3");
    assertThat(Manifests.read(folder.resolve("r/pairs")).orElseThrow().config().toString())
        .contains("0.3");
    assertThat(folder.resolve("r/pairs.previous")).doesNotExist();
  }

  @Test
  void stageRunsOneAndWhatItNeeds() {
    run("--stage", "world").done();
    assertThat(folder.resolve("r/pairs")).doesNotExist();
    assertThat(run("--stage", "pairs").done().out()).doesNotContain("[1/2]").contains("[2/2]");
  }

  @Test
  @SuppressWarnings("try")
  void aSecondWriterIsRefused() throws IOException {
    try (RunLock lock = RunLock.acquire(folder.resolve("r"), line -> {})) {
      run().refused("is being written by pid " + ProcessHandle.current().pid());
    }
    assertThat(folder.resolve("r/world")).doesNotExist();
    run().done();
  }

  @Test
  void anOutputThatIsAFileIsRefused() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "");
    Cli.run("run", recipe, "--output", file).refused("file");
  }

  @Test
  void aStopLeavesAResumableRun() throws IOException {
    Files.writeString(
        recipe,
        RECIPE
            + "  - pretrain: {data: world, size: {vocab_size: 300, hidden_size: 16, layers: 1, heads: 1}, training: {steps: 5, batch_size: 2}}\n");
    StopSignal stop = new StopSignal(line -> {});
    stop.request();
    Cli.Result stopped = Cli.run(stop, "run", recipe, "--output", folder);
    assertThat(stopped.code()).isEqualTo(130);
    assertThat(stopped.err()).contains("stopped at step 1 of 5", "goes on from there");
    assertThat(folder.resolve("r/pretrain/manifest.json")).doesNotExist();
    Cli.Result resumed = run().done();
    assertThat(resumed.out())
        .contains("goes on after step 1 of 5")
        .containsPattern("pretrain +pretrain +resumed");
    run("--set", "pretrain.training.steps=6").done();
  }

  @Test
  void anUnfinishedStageWithAChangeExitsWithTwo() throws IOException {
    aStopLeavesAResumableRun();
    StopSignal stop = new StopSignal(line -> {});
    stop.request();
    Cli.run(stop, "run", recipe, "--output", folder, "--set", "pretrain.training.steps=7");
    run("--set", "pretrain.training.steps=8")
        .refused("pretrain.training.steps was 7 and is 8", "--fresh", "--force");
    run("--set", "pretrain.training.steps=8", "--force").done();
    assertThat(Manifests.read(folder.resolve("r/pretrain")).orElseThrow().forced()).isTrue();
  }
}
