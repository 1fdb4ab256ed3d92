package org.plumbline.pipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SortedMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What stops a stage: models, data and judges that it cannot work with. */
@Tag("contract")
class StageErrorsTest {
  @TempDir private static Path shared;
  private static Path model;

  @TempDir private Path folder;

  @BeforeAll
  static void make() {
    model = TinyModels.llama(shared.resolve("model"), 16);
  }

  private Path file(String name, String content) throws IOException {
    return Files.writeString(folder.resolve(name), content);
  }

  private Path demonstrations() throws IOException {
    return file(
        "d.jsonl", "{\"prompt\":\"May I use the pool?\",\"completion\":\"You may.\"}\n".repeat(4));
  }

  private Path pairs() throws IOException {
    StringBuilder rows = new StringBuilder();
    for (int i = 0; i < 12; i++) {
      rows.append(
          "{\"prompt\":\"May I, %d?\",\"chosen\":\"Yes.\",\"rejected\":\"No\"}%n".formatted(i));
    }
    return file("p.jsonl", rows.toString());
  }

  @Test
  void aDamagedModelIsRefusedBeforeTheStageStarts() throws IOException {
    Path damaged = TinyModels.llama(folder.resolve("damaged"), 16);
    Path weights = damaged.resolve("model.safetensors");
    byte[] bytes = Files.readAllBytes(weights);
    Files.write(weights, Arrays.copyOf(bytes, bytes.length - 100));
    Path data = demonstrations();
    Cli.run("sft", "--output", folder.resolve("o"), "--model", damaged, "--data", data)
        .refused("sft.model", "model.safetensors");
    Path config = damaged.resolve("config.json");
    Files.writeString(config, Files.readString(config).replace("\"llama\"", "\"frobnicate\""));
    Cli.run("sft", "--output", folder.resolve("o"), "--model", damaged, "--data", data)
        .refused("sft.model", "frobnicate");
    Cli.run("sft", "--output", folder.resolve("o"), "--model", folder.resolve("no"), "--data", data)
        .refused("sft.model", "no earlier stage and no file");
    assertThat(folder.resolve("o")).doesNotExist();
  }

  @Test
  void anAdapterIsNoModelToTrain() throws IOException {
    Path adapter = TinyModels.adapter(model, folder.resolve("adapter"));
    Cli.run("sft", "--output", folder, "--model", adapter, "--data", demonstrations())
        .refused("is an adapter; merge it first");
    Cli.run("reward-model", "--output", folder, "--model", adapter, "--pairs", pairs())
        .refused("is an adapter; merge it first");
  }

  @Test
  void pairsOfWhichTruncationLeavesNoDifferenceAreAnError() throws IOException {
    Path rows = pairs();
    Files.writeString(
        rows, Files.readString(rows).replace("Yes.", "Yes. Thanks").replace("No", "No. Thanks"));
    Cli.run(
            "reward-model",
            "--output",
            folder,
            "--model",
            model,
            "--pairs",
            rows,
            "--max-length",
            "2")
        .failed("pairs is left", "identical at max_length=2");
    assertThat(folder.resolve("reward-model/reward-model/manifest.json")).doesNotExist();
  }

  @Test
  void rowsOfAnotherShapeAreRefusedBeforeTheStageStarts() throws IOException {
    Path text =
        file("t.jsonl", "{\"prompt\":\"May I?\",\"completion\":\"Yes.\"}\n{\"question\":1}\n");
    Path reward = TinyModels.rewardModel(folder.resolve("reward"));
    Cli.run("sft", "--output", folder, "--model", model, "--data", text).refused("t.jsonl line 2");
    Cli.run("pretrain", "--output", folder, "--model", model, "--data", text)
        .refused("t.jsonl line 2");
    Cli.run("reward-model", "--output", folder, "--model", model, "--pairs", text)
        .refused("t.jsonl holds demonstrations (messages: line 1 has prompt and completion)");
    Cli.run("ppo", "--output", folder, "--policy", model, "--reward", reward, "--prompts", text)
        .refused("t.jsonl line 2");
    Cli.run(
            "evaluate",
            "--output",
            folder,
            "--models",
            "[" + model + "]",
            "--baseline",
            "model",
            "--prompts",
            text)
        .refused("t.jsonl line 2");
    assertThat(folder.resolve("sft")).doesNotExist();
  }

  @Test
  void rowsThatArePassedOverDoNotStopTheRun() throws IOException {
    Path rows = pairs();
    Files.writeString(rows, Files.readString(rows) + "{\"prompt\":\n");
    Cli.run("preferences", "--output", folder, "--source", rows).refused("p.jsonl line 13");
    Cli.run("preferences", "--output", folder, "--source", rows, "--skip-bad-rows", "true").done();
  }

  @Test
  void aModelWithoutAScoreIsNoReward() throws IOException {
    Path prompts = file("q.jsonl", "{\"prompt\":\"May I?\"}\n{\"prompt\":\"Why?\"}\n".repeat(20));
    Cli.run(
            "ppo",
            "--output",
            folder,
            "--policy",
            model,
            "--reward",
            model,
            "--prompts",
            prompts,
            "--updates",
            "1",
            "--batch-size",
            "2")
        .refused("ppo.reward", "no score head", "reward model");
  }

  @Test
  void anUnreachableJudgeLeavesTheRunResumable() throws IOException {
    Path recipe =
        file(
            "recipe.yaml",
            """
            run: {name: r, seed: 1}
            stages:
              - sample-world: {name: world, corpus: 20, demonstrations: 20, pairs: 20, test_pairs: 4, prompts: 8, validation_prompts: 2, test_prompts: 2}
              - ai-feedback:
                  policy: '%s'
                  prompts: world
                  max_prompts: 6
                  sampling: {max_new_tokens: 4}
                  judge: {url: "http://127.0.0.1:1/v1", model: none, retries: 1, retry_wait: 0.01}
            """
                .formatted(model));
    Cli.run("run", recipe, "--output", folder)
        .failed("127.0.0.1:1", "is the judge running", "0 of", "same command goes on");
    SortedMap<String, String> world = RunFiles.comparable(folder.resolve("r/world"));
    assertThat(world).containsKey("manifest.json");
    assertThat(folder.resolve("r/ai-feedback/manifest.json")).doesNotExist();
    Cli.run("run", recipe, "--output", folder, "--set", "ai-feedback.judge.url=sample-world")
        .refused("ai-feedback.judge.url was", "--fresh");
    Cli.run(
            "run",
            recipe,
            "--output",
            folder,
            "--fresh",
            "--set",
            "ai-feedback.judge.url=sample-world")
        .done();
    assertThat(RunFiles.comparable(folder.resolve("r/world"))).isEqualTo(world);
  }

  @Test
  void tooLittleMemoryIsOneClearError() throws IOException, InterruptedException {
    Path rows = file("many.jsonl", "{\"prompt\":\"a\",\"completion\":\"b\"}\n".repeat(200_000));
    try (ChildRun child =
        ChildRun.start(
            folder,
            java.util.List.of(),
            java.util.List.of("-Xmx24m"),
            "score",
            "--model",
            model,
            "--input",
            rows,
            "--output",
            folder.resolve("out.jsonl"))) {
      assertThat(child.await(60)).as(child.output()).isEqualTo(1);
      assertThat(child.output())
          .contains("error: out of memory", "PLUMBLINE_HEAP")
          .doesNotContain("\tat ");
    }
  }
}
