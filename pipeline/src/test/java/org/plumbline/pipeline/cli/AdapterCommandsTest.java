package org.plumbline.pipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.model.adapter.Lora;
import org.plumbline.model.adapter.LoraStart;
import org.plumbline.model.adapter.TrainedBias;

/** What the commands do with adapters: on which base, how strong, folded in and taken out again. */
@Tag("contract")
class AdapterCommandsTest {
  @TempDir private static Path shared;
  @TempDir private Path folder;

  private static Path model;
  private static Path adapter;

  @BeforeAll
  static void make() {
    model = TinyModels.llama(shared.resolve("model"), 16);
    adapter = TinyModels.adapter(model, shared.resolve("adapter"), strong(Lora.ALL_LINEAR));
  }

  /** One that changes its base at once. */
  private static Lora strong(String target) {
    return new Lora(
        2,
        4,
        0,
        List.of(target),
        false,
        false,
        LoraStart.BOTH_NORMAL,
        TrainedBias.NONE,
        List.of(),
        Map.of(),
        Map.of());
  }

  private Path rows() throws IOException {
    return Files.writeString(
        folder.resolve("in.jsonl"), "{\"prompt\":\"May I\",\"completion\":\" use the pool?\"}\n");
  }

  /** A base of the same shape with other weights. */
  private Path other() {
    Path merged = folder.resolve("other");
    Cli.run("merge", "--model", adapter, "--output", merged).done();
    return merged;
  }

  @Test
  void anAdapterOfAnotherBaseIsRefusedUnlessForced() throws IOException {
    Path other = other();
    Path output = folder.resolve("out.jsonl");
    Object[] score = {
      "score", "--input", rows(), "--output", output, "--model", other, "--adapter", adapter
    };
    String[] fault = {
      adapter + " was made for another base: ../model, whose weights have base_sha256=",
      "but those of " + other + " have"
    };
    Cli.run(score).refused(fault).refused("--force-adapter takes it all the same");
    assertThat(output).doesNotExist();
    Object[] forced = java.util.Arrays.copyOf(score, score.length + 1);
    forced[score.length] = "--force-adapter";
    assertThat(Cli.run(forced).done().err()).startsWith("warning: ").contains(fault);
    assertThat(output).exists();
    Object[] merge = {
      "merge", "--model", other, "--adapter", adapter + "=1", "--output", folder.resolve("m")
    };
    Cli.run(merge).refused(fault);
    assertThat(folder.resolve("m")).doesNotExist();
  }

  @Test
  void aRecipeIsRefusedBeforeItRuns() throws IOException {
    Path mine = folder.resolve("mine");
    Path base = TinyModels.llama(folder.resolve("base"), 16);
    TinyModels.adapter(base, mine, strong(Lora.ALL_LINEAR));
    Path changed = other().resolve("model.safetensors");
    Files.move(
        changed,
        base.resolve("model.safetensors"),
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    Path prompts = Files.writeString(folder.resolve("p.jsonl"), "{\"prompt\":\"May I?\"}\n");
    Path reward = TinyModels.rewardModel(folder.resolve("reward"));
    Path runs = folder.resolve("runs");
    Cli.run("ppo", "--output", runs, "--policy", mine, "--reward", reward, "--prompts", prompts)
        .refused(mine + " was made for another base: ../base", "remove base_sha256");
    assertThat(runs.resolve("ppo/ppo")).doesNotExist();
  }
}
