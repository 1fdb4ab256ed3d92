package org.plumbline.pipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.model.adapter.PromptTuning;
import org.plumbline.stage.JsonLines;
import org.plumbline.stage.JsonRow;

/** The commands that load a model, on tiny untrained ones. */
@Tag("contract")
class ModelCommandsTest {
  @TempDir private static Path shared;
  @TempDir private Path folder;

  private static Path model;
  private static Path adapter;

  @BeforeAll
  static void make() throws IOException {
    model = TinyModels.llama(shared.resolve("model"), 16);
    Path demonstrations =
        Files.writeString(
            shared.resolve("demonstrations.jsonl"),
            "{\"prompt\":\"May I use the pool?\",\"completion\":\"You may.\"}\n".repeat(4));
    Path config =
        Files.writeString(
            shared.resolve("sft.yaml"),
            "lora: {rank: 2, alpha: 64}\ntraining: {steps: 3, batch_size: 2, learning_rate: 0.1}\n");
    Cli.run(
            "sft",
            "--config",
            config,
            "--output",
            shared,
            "--run-name",
            "trained",
            "--model",
            model,
            "--data",
            demonstrations,
            "--method",
            "lora",
            "--validation-share",
            "0")
        .done();
    adapter = shared.resolve("trained/sft");
  }

  private Path rows(String... rows) throws IOException {
    return Files.write(folder.resolve("in.jsonl"), List.of(rows));
  }

  private List<JsonNode> run(String command, Path input, Object... more) throws IOException {
    Path output = folder.resolve("out.jsonl");
    Object[] all = new Object[5 + more.length];
    System.arraycopy(new Object[] {command, "--input", input, "--output", output}, 0, all, 0, 5);
    System.arraycopy(more, 0, all, 5, more.length);
    Cli.run(all).done();
    return JsonLines.readAll(output).stream().map(JsonRow::value).toList();
  }

  @Test
  void scoreTakesThreeKindsOfRows() throws IOException {
    Path input =
        rows(
            "{\"id\":7,\"prompt\":\"May I\",\"completion\":\" use the pool?\"}",
            "{\"messages\":[{\"role\":\"user\",\"content\":\"May I\"},{\"role\":\"assistant\",\"content\":\"No\"}]}",
            "{\"input_ids\":[5,6,7,8],\"completion_start\":2}",
            "{\"prompt\":\"May I\",\"completion\":\"\"}");
    List<JsonNode> scored = run("score", input, "--model", model);
    assertThat(scored).hasSize(4);
    assertThat(scored.get(0).path("id").asInt()).isEqualTo(7);
    assertThat(scored.get(0).path("prompt").asText()).isEqualTo("May I");
    assertThat(scored.get(2).path("tokens").asInt()).isEqualTo(2);
    assertThat(scored.get(3).path("tokens").asInt()).isZero();
    assertThat(scored.get(3).path("logprob").asDouble()).isZero();
    for (JsonNode row : scored.subList(0, 3)) {
      double perToken = row.path("logprob").asDouble() / row.path("tokens").asInt();
      assertThat(perToken).as("untrained, nearly uniform").isCloseTo(-Math.log(282), within(0.5));
    }
    for (int i = 0; i < 3; i++) {
      Path alone = Files.write(folder.resolve("one.jsonl"), List.of(scored.get(i).toString()));
      JsonNode again = run("score", alone, "--model", model, "--batch-size", 1).get(0);
      assertThat(again.path("logprob").asDouble())
          .isCloseTo(scored.get(i).path("logprob").asDouble(), within(1e-4));
    }
  }

  @Test
  void aRewardModelGivesRewards() throws IOException {
    Path reward = TinyModels.rewardModel(folder.resolve("reward"));
    Path input = rows("{\"prompt\":\"May I\",\"completion\":\" use it?\"}");
    JsonNode row = run("score", input, "--model", reward).get(0);
    assertThat(row.path("reward").isNumber()).isTrue();
    assertThat(row.has("logprob")).isFalse();
  }

  @Test
  void anAdapterChangesTheScoreAndMergingKeepsIt() throws IOException {
    Path input = rows("{\"prompt\":\"May I\",\"completion\":\" use the pool?\"}");
    double plain = run("score", input, "--model", model).get(0).path("logprob").asDouble();
    double adapted =
        run("score", input, "--model", model, "--adapter", adapter)
            .get(0)
            .path("logprob")
            .asDouble();
    assertThat(adapted).isNotCloseTo(plain, within(0.01));
    assertThat(run("score", input, "--model", adapter).get(0).path("logprob").asDouble())
        .as("a PEFT folder brings its base along")
        .isEqualTo(adapted);
    Path merged = folder.resolve("merged");
    Cli.run("merge", "--model", model, "--adapter", adapter, "--output", merged).done();
    assertThat(run("score", input, "--model", merged).get(0).path("logprob").asDouble())
        .isCloseTo(adapted, within(1e-3));
    Cli.run("merge", "--model", model, "--adapter", adapter, "--output", merged)
        .refused("merged exists already");
    Cli.run("merge", "--model", model, "--output", folder.resolve("m")).refused("nothing to merge");
  }

  @Test
  void severalAdaptersBecomeOne() throws IOException {
    Path input = rows("{\"prompt\":\"May I\",\"completion\":\" use the pool?\"}");
    double adapted = run("score", input, "--model", adapter).get(0).path("logprob").asDouble();
    for (String how : List.of("cat", "svd")) {
      Path both = folder.resolve(how);
      Object[] flags = {
        "merge",
        "--model",
        model,
        "--combination",
        how,
        "--output",
        both,
        "--adapter",
        adapter + "=0.75",
        "--adapter",
        adapter + "=0.25"
      };
      assertThat(Cli.run(flags).done().out()).contains("combined: " + both + "; 2 adapters, rank ");
      assertThat(both.resolve("tokenizer.json"))
          .hasSameTextualContentAs(model.resolve("tokenizer.json"));
      assertThat(run("score", input, "--model", both).get(0).path("logprob").asDouble())
          .as(how)
          .isCloseTo(adapted, within(1e-3));
      Cli.run(flags).refused("exists already");
    }
    Path output = folder.resolve("m");
    Cli.run(
            "merge",
            "--model",
            model,
            "--adapter",
            adapter,
            "--combination",
            "linear",
            "--output",
            output)
        .done();
    assertThat(run("score", input, "--model", output).get(0).path("logprob").asDouble())
        .isCloseTo(adapted, within(1e-3));
    Cli.run("merge", "--model", model, "--adapter", adapter + "=x", "--output", folder.resolve("x"))
        .refused("=x is no folder");
    Path none = folder.resolve("none");
    Cli.run("merge", "--model", adapter, "--adapter", adapter + "=2", "--output", none)
        .refused("is an adapter; to combine adapters, give their base as --model");
    Cli.run("merge", "--model", model, "--combination", "cat", "--output", none)
        .refused("nothing to combine; needed: --adapter DIR=WEIGHT");
    Cli.run(
            "score",
            "--model",
            model,
            "--adapter",
            adapter,
            "--adapter",
            adapter,
            "--input",
            input,
            "--output",
            none)
        .refused("--adapter is given 2 times");
  }

  @Test
  void whatIsNoChangeOfWeightsIsNotMerged() throws IOException {
    Path prompts = folder.resolve("prompts");
    TinyModels.adapter(model, prompts, new PromptTuning(2, List.of()));
    Path output = folder.resolve("m");
    Cli.run("merge", "--model", prompts, "--output", output)
        .refused("adapter model (PROMPT_TUNING) cannot be merged");
    Cli.run("merge", "--model", model, "--adapter", prompts + "=2", "--output", output)
        .refused("(PROMPT_TUNING) cannot be combined; needed: LoRA");
    assertThat(output).doesNotExist();
  }

  @Test
  void generateKeepsTheContractOfItsRows() throws IOException {
    Path input =
        rows(
            "{\"id\":1,\"prompt\":\"May I\"}",
            "{\"messages\":[{\"role\":\"user\",\"content\":\"The pool\"}]}");
    List<JsonNode> replies =
        run("generate", input, "--model", model, "--max-new-tokens", 5, "--n", 2);
    assertThat(replies).hasSize(4);
    assertThat(replies.get(1).path("id").asInt()).isEqualTo(1);
    for (JsonNode reply : replies) {
      assertThat(reply.path("tokens").asInt()).isEqualTo(reply.path("token_ids").size());
      assertThat(reply.path("tokens").asInt()).isBetween(1, 5);
      assertThat(reply.path("finish_reason").asText()).isIn("stop", "length");
      assertThat(reply.path("completion").isTextual()).isTrue();
    }
    assertThat(replies.get(0).path("token_ids")).isNotEqualTo(replies.get(1).path("token_ids"));
    assertThat(run("generate", input, "--model", model, "--max-new-tokens", 5, "--n", 2))
        .as("same seed")
        .isEqualTo(replies);
    assertThat(
            run("generate", input, "--model", model, "--max-new-tokens", 5, "--n", 2, "--seed", 8))
        .isNotEqualTo(replies);
  }

  @Test
  void greedyTextStopsWhereItIsTold() throws IOException {
    Path input = rows("{\"prompt\":\"May I use\"}");
    JsonNode greedy = greedy(input);
    assertThat(greedy.path("tokens").asInt()).isEqualTo(6);
    assertThat(greedy.path("finish_reason").asText()).isEqualTo("length");
    String text = greedy.path("completion").asText();
    String stop = text.substring(1, 2);
    JsonNode stopped = greedy(input, "--stop", stop);
    assertThat(stopped.path("finish_reason").asText()).isEqualTo("stop");
    assertThat(stopped.path("completion").asText())
        .isEqualTo(text.substring(0, text.indexOf(stop)));
    assertThat(stopped.path("tokens").asInt()).isLessThan(6);
  }

  /** Six greedy tokens, whatever the end token says. */
  private JsonNode greedy(Path input, Object... more) throws IOException {
    List<Object> flags =
        new ArrayList<>(
            List.of("--model", model, "--temperature", 0, "--max-new-tokens", 6, "--ignore-eos"));
    flags.addAll(List.of(more));
    return run("generate", input, flags.toArray()).get(0);
  }

  @Test
  void flagsGoBeforeTheModelsOwnSettings() throws IOException {
    Path input = rows("{\"prompt\":\"May I use\"}");
    Path own = TinyModels.llama(folder.resolve("own"), 16);
    Files.writeString(
        own.resolve("generation_config.json"), "{\"do_sample\": false, \"max_new_tokens\": 3}");
    JsonNode byFile = run("generate", input, "--model", own, "--ignore-eos").get(0);
    assertThat(byFile.path("tokens").asInt()).isEqualTo(3);
    JsonNode byFlag =
        run("generate", input, "--model", own, "--ignore-eos", "--max-new-tokens", 4).get(0);
    assertThat(byFlag.path("tokens").asInt()).isEqualTo(4);
    assertThat(byFlag.path("token_ids").get(0)).isEqualTo(byFile.path("token_ids").get(0));
  }

  @Test
  void anEmptyFileGivesAnEmptyFile() throws IOException {
    Path input = Files.writeString(folder.resolve("in.jsonl"), "");
    assertThat(run("score", input, "--model", model)).isEmpty();
    assertThat(run("generate", input, "--model", model)).isEmpty();
  }

  @Test
  void chatAnswersEachLineUntilTheInputEnds() {
    Cli.Result result =
        Cli.typed(
                "May I use the pool?\nWhy?\n\nMay I use the pool?\n",
                "chat",
                "--model",
                model,
                "--max-new-tokens",
                4,
                "--system",
                "Be brief.",
                "--temperature",
                0)
            .done();
    String[] turns = result.out().split("> ");
    assertThat(turns).as("four prompts after the empty first, one of them unanswered").hasSize(6);
    assertThat(turns[4]).as("after an empty line the conversation starts anew").isEqualTo(turns[1]);
    assertThat(Cli.typed("", "chat", "--model", model).done().out()).startsWith(">");
  }
}
