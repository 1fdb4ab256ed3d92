package org.plumbline.pipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.stage.Json;
import org.plumbline.stage.JsonLines;
import org.plumbline.stage.JsonRow;

/** {@code plumbline evaluate SUITE}, and {@code --json} beside it. */
@Tag("contract")
class SuiteCommandTest {
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

  @Test
  void perplexityIsWhatScoreSays() throws IOException {
    Path data =
        file(
            "d.jsonl",
            """
            {"prompt":"May I use the pool?","completion":"You may."}
            {"prompt":"No booking","completion":"I am sorry, the pool closes."}
            """);
    Path scored = folder.resolve("s.jsonl");
    Cli.run("score", "--model", model, "--input", data, "--output", scored).done();
    double sum = 0;
    int tokens = 0;
    for (JsonRow row : JsonLines.readAll(scored)) {
      sum += row.value().path("logprob").asDouble();
      tokens += row.value().path("tokens").asInt();
    }
    Path text = file("t.jsonl", Files.readString(data));
    Path output = folder.resolve("out");
    Cli.Result shown =
        Cli.run(
                "evaluate",
                "perplexity",
                "--model",
                model,
                "--data",
                text,
                "--output",
                output,
                "--json")
            .done();
    JsonNode result = Json.mapper().readTree(shown.out());
    assertThat(result).isEqualTo(Json.read(output.resolve("results.json")));
    // The prompt is plain text without a template here and there, so the ids are the same; score
    // adds no end token, as its contract says, and the suite's answers end with one.
    int found = result.path("figures").path("tokens").path("value").asInt();
    assertThat(found - tokens).isBetween(0, 2);
    assertThat(result.path("figures").path("perplexity").path("value").asDouble())
        .isCloseTo(Math.exp(-sum / tokens), within(0.35 * Math.exp(-sum / tokens)));
    assertThat(result.path("dtype").asText()).isEqualTo("float32");
    assertThat(shown.err()).contains("perplexity", "Intervals: 95 %");
  }

  @Test
  void toolCallsAreCountedInReplies() throws IOException {
    Path data =
        file(
            "calls.jsonl",
            """
            {"messages":[{"role":"user","content":"What time is it?"}],"expected":{"name":"clock","arguments":{}}}
            {"messages":[{"role":"user","content":"A room!"}],"expected":{"name":"book","arguments":{"room":7}}}
            """);
    Path output = folder.resolve("calls");
    Cli.run(
            "evaluate",
            "tool-calls",
            "--model",
            model,
            "--data",
            data,
            "--output",
            output,
            "--max-new-tokens",
            4)
        .done();
    JsonNode figures = Json.read(output.resolve("results.json")).path("figures");
    for (String name :
        new String[] {"valid_call_rate", "name_accuracy", "argument_exact_match", "argument_f1"}) {
      // Four tokens of a random model are no call.
      assertThat(figures.path(name).path("value").asDouble(-1)).isZero();
      assertThat(figures.path(name).path("n").asInt()).isEqualTo(2);
    }
    assertThat(JsonLines.readAll(output.resolve("rows.jsonl")).get(1).value().path("expected"))
        .hasToString("{\"name\":\"book\",\"arguments\":{\"room\":7}}");
  }

  @Test
  void aRewardModelOrdersPairs() throws IOException {
    Path reward = TinyModels.rewardModel(folder.resolve("reward"));
    Path pairs =
        file(
            "p.jsonl",
            "{\"prompt\":\"May I?\",\"chosen\":\"You may.\",\"rejected\":\"No\"}\n".repeat(3));
    Path output = folder.resolve("out");
    Cli.run("evaluate", "preferences", "--model", reward, "--data", pairs, "--output", output)
        .done();
    JsonNode figures = Json.read(output.resolve("results.json")).path("figures");
    assertThat(figures.path("accuracy/reward").path("value").asDouble()).isIn(0.0, 1.0);
    assertThat(figures.path("accuracy/reward").path("n").asInt()).isEqualTo(1);
    assertThat(figures.path("accuracy/shorter").path("value").asDouble()).isZero();
    Cli.run(
            "evaluate",
            "perplexity",
            "--model",
            reward,
            "--data",
            pairs,
            "--output",
            folder.resolve("o2"))
        .refused("line 1");
    Cli.run("evaluate", "preferences", "--model", reward, "--data", pairs, "--output", output)
        .refused("exists already");
  }

  @Test
  void repliesToASampleWorldAreScoredByItsTruth() throws IOException {
    Path recipe =
        file(
            "recipe.yaml",
            """
            run: {name: r, seed: 1}
            stages:
              - sample-world: {name: world, corpus: 20, demonstrations: 20, pairs: 20, test_pairs: 4, prompts: 8, validation_prompts: 2, test_prompts: 6}
            """);
    JsonNode run =
        Json.mapper().readTree(Cli.run("run", recipe, "--output", folder, "--json").done().out());
    assertThat(run.path("stages").path(0).path("status").asText()).isEqualTo("ran");
    Path output = folder.resolve("out");
    Cli.run(
            "evaluate",
            "sample-world",
            "--model",
            model,
            "--data",
            folder.resolve("r/world"),
            "--output",
            output,
            "--samples",
            "2",
            "--max-new-tokens",
            "4")
        .done();
    JsonNode result = Json.read(output.resolve("results.json"));
    assertThat(result.path("figures").path("good_rate").path("value").asDouble()).isZero();
    assertThat(result.path("figures").path("length_tokens").path("value").asDouble())
        .isBetween(1.0, 4.0);
    assertThat(result.path("figures").has("kl")).isFalse();
    int prompts = JsonLines.readAll(folder.resolve("r/world/prompts.test.jsonl")).size();
    assertThat(JsonLines.readAll(output.resolve("rows.jsonl"))).hasSize(2 * prompts);
  }

  @Test
  void anUnknownSuiteIsRefusedWithTheKnownOnes() {
    Cli.run("evaluate", "perplexitty").refused("perplexitty", "perplexity, preferences");
    assertThat(Cli.run("evaluate", "--help").out()).contains("perplexity", "sample-world");
  }
}
