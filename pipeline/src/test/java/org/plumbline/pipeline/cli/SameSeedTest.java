package org.plumbline.pipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Equal seeds give equal runs, through the command line. */
@Tag("invariant")
class SameSeedTest {
  @TempDir private Path folder;

  @Test
  void equalSeedsGiveEqualBytesAndAnotherSeedDoesNot() throws IOException {
    Path recipe = TinyRecipe.whole(folder);
    Cli.run("run", recipe, "--output", folder.resolve("one")).done();
    Cli.run("run", recipe, "--output", folder.resolve("two")).done();
    Path one = folder.resolve("one/tiny");
    RunFiles.assertSame(one, folder.resolve("two/tiny"));
    SortedMap<String, String> files = RunFiles.comparable(one);
    for (String stage : TinyRecipe.STAGES) {
      assertThat(files).containsKey(stage + "/manifest.json");
      assertThat(one.resolve(stage).resolve("checkpoints")).doesNotExist();
    }
    for (String stage : List.of("pretrain", "sft", "reward", "ppo")) {
      assertThat(files).containsKey(stage + "/metrics.jsonl");
    }
    assertThat(files)
        .containsKeys(
            "pretrain/model.safetensors",
            "sft/adapter_model.safetensors",
            "reward/model.safetensors",
            "ppo/adapter_model.safetensors",
            "evaluate/evaluation.json");
    assertThat(Files.readString(one.resolve("ppo/metrics.jsonl")))
        .contains("\"step\":" + TinyRecipe.UPDATES);
    Cli.run(
            "run",
            recipe,
            "--output",
            folder.resolve("three"),
            "--stage",
            "pretrain",
            "--set",
            "run.seed=12")
        .done();
    assertThat(folder.resolve("three/tiny/pretrain/metrics.jsonl"))
        .content()
        .isNotEqualTo(Files.readString(one.resolve("pretrain/metrics.jsonl")));
  }
}
