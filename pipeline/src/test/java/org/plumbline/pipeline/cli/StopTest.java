package org.plumbline.pipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SIGTERM to a process: exit code 130 within ten seconds, and the same command goes on. */
@Tag("e2e")
class StopTest {
  private static final String RECIPE =
      """
      run: {name: stopped, seed: 2}
      stages:
        - sample-world: {name: world, corpus: 60, demonstrations: 20, pairs: 20, test_pairs: 4, prompts: 8, validation_prompts: 2, test_prompts: 2}
        - pretrain:
            data: world
            size: {vocab_size: 300, hidden_size: 16, layers: 1, heads: 1}
            training: {steps: 150, batch_size: 4, evaluate_every: 20, evaluation_rows: 2, checkpoint_every: 0}
      """;

  @TempDir private Path folder;

  @Test
  void sigtermIsAResumableStop() throws IOException, InterruptedException {
    Path recipe = Files.writeString(folder.resolve("recipe.yaml"), RECIPE);
    Path out = folder.resolve("out");
    Path stage = out.resolve("stopped/pretrain");
    try (ChildRun child = ChildRun.start(folder, "run", recipe, "--output", out)) {
      assertThat(child.awaitLines(stage.resolve("metrics.jsonl"), 3)).isTrue();
      child.terminate();
      assertThat(child.await(10)).as(child.output()).isEqualTo(130);
      assertThat(child.output())
          .contains("Stopping after this step", "pretrain stopped at step", "goes on from there")
          .doesNotContain("\tat ");
    }
    assertThat(stage.resolve("manifest.json")).doesNotExist();
    assertThat(stage.resolve("checkpoints")).isNotEmptyDirectory();
    Cli.Result resumed = Cli.run("run", recipe, "--output", out).done();
    assertThat(resumed.out()).contains("pretrain goes on after step");
    Cli.run("run", recipe, "--output", folder.resolve("unbroken")).done();
    RunFiles.assertSame(folder.resolve("unbroken/stopped"), out.resolve("stopped"));
  }
}
