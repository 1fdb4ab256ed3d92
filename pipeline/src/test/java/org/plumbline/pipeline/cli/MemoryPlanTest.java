package org.plumbline.pipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.stage.Json;

/** The memory plan of {@code validate}: what a user sees of it. */
class MemoryPlanTest {
  @TempDir private Path folder;

  @Test
  void everyStageThatTrainsHasItsBytes() throws IOException {
    Cli.Result result = Cli.run("validate", TinyRecipe.whole(folder), "--json").done();
    JsonNode memory = Json.mapper().readTree(result.out()).path("memory");
    assertThat(memory.path("machine").asLong()).isGreaterThan(1L << 28);
    assertThat(memory.path("stages").findValuesAsText("stage"))
        .containsExactly("pretrain", "sft", "reward", "ppo");
    for (JsonNode stage : memory.path("stages")) {
      assertThat(stage.path("unknown").asText()).isEmpty();
      assertThat(stage.path("weights").asLong()).as(stage.toString()).isPositive();
      assertThat(stage.path("sum").asLong())
          .isGreaterThan(stage.path("fixed").asLong() + stage.path("weights").asLong());
      boolean samples = stage.path("kind").asText().equals("ppo");
      assertThat(stage.path("kv_cache").asLong() > 0).isEqualTo(samples);
    }
    assertThat(folder.resolve("runs")).doesNotExist();
  }

  @Test
  void whatDoesNotFitIsAWarningThatNamesTheSetting() throws IOException {
    Path recipe =
        Files.writeString(
            folder.resolve("large.yaml"),
            """
            run: {name: large}
            stages:
              - sample-world: {name: world, corpus: 60, demonstrations: 40, pairs: 40}
              - pretrain:
                  data: world
                  size: {vocab_size: 32000, hidden_size: 1024, layers: 12, heads: 16}
                  max_length: 512
                  training: {batch_size: 16}
              - sft: {model: pretrain, data: world, training: {batch_size: 16}}
            """);
    Cli.Result small = Cli.run("validate", recipe, "--memory", "6g").done();
    assertThat(small.out()).contains("memory plan; this machine has 6.00 GiB", "gradients", "sum");
    assertThat(small.err())
        .contains("warning: pretrain needs ")
        .contains("with training.micro_batch_size: 1 it needs ")
        .contains("warning: sft needs ");
    Cli.Result tiny = Cli.run("validate", recipe, "--memory", "300m").done();
    assertThat(tiny.err()).contains("which is still too much");
    assertThat(Cli.run("validate", recipe, "--memory", "1t").done().err()).isEmpty();
    Cli.run("validate", recipe, "--memory", "much").refused("--memory=much", "48g");
  }

  @Test
  void sizesAreReadAndShown() {
    assertThat(MemoryTable.parse("48g")).isEqualTo(48L << 30);
    assertThat(MemoryTable.parse("1.5M")).isEqualTo(3L << 19);
    assertThat(MemoryTable.parse("512")).isEqualTo(512);
    assertThat(MemoryTable.bytes(0)).isEqualTo("–");
    assertThat(MemoryTable.bytes(999)).isEqualTo("999 B");
    assertThat(MemoryTable.bytes(1000)).isEqualTo("0.98 KiB");
    assertThat(MemoryTable.bytes(48L << 30)).isEqualTo("48.0 GiB");
  }
}
