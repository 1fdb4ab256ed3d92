package org.plumbline.evaluation.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.data.Demonstration;
import org.plumbline.data.Prompt;
import org.plumbline.evaluation.Reply;
import org.plumbline.stage.Json;
import org.plumbline.stage.JsonLines;
import org.plumbline.stage.UserException;
import org.plumbline.stage.statistics.Interval;

/**
 * Suites over a model whose numbers are known: one token a word, ln 2 nats each, reward = words.
 */
class SuitesTest {
  private static final SuiteOptions OPTIONS = new SuiteOptions(7, 200, 1, 8, 1);

  @TempDir private Path folder;

  private record Known(boolean isRewardModel) implements SuiteModel {
    private static int words(Demonstration row) {
      return row.answer().split(" ").length;
    }

    @Override
    public List<Likelihood> likelihoods(List<Demonstration> rows) {
      return rows.stream()
          .map(row -> new Likelihood(-Math.log(2) * words(row), words(row)))
          .toList();
    }

    @Override
    public double[] rewards(List<Demonstration> rows) {
      return rows.stream().mapToDouble(Known::words).toArray();
    }

    @Override
    public List<Reply> generate(List<Prompt> prompts, SuiteOptions options) {
      return prompts.stream().map(p -> new Reply("No.", new int[] {1, 2}, true)).toList();
    }
  }

  private static Suite suite(String name) {
    return Suites.all().stream().filter(s -> s.name().equals(name)).findFirst().orElseThrow();
  }

  private Path file(String... rows) throws IOException {
    return Files.writeString(folder.resolve("rows.jsonl"), String.join("\n", rows) + "\n");
  }

  @Test
  void perplexityIsTheExponentOfTheMeanOverTokens() throws IOException {
    Path data = file("{\"text\":\"one two three four\"}", "{\"text\":\"five\"}");
    SuiteResult result = suite("perplexity").open(data).measure(new Known(false), OPTIONS);
    Map<String, Interval> figures = result.figures();
    assertThat(figures.get("perplexity").value()).isCloseTo(2, within(1e-12));
    assertThat(figures.get("perplexity").low()).isCloseTo(2, within(1e-12));
    assertThat(figures.get("nats_per_token").value()).isCloseTo(Math.log(2), within(1e-12));
    assertThat(figures.get("bits_per_byte").value()).isCloseTo(5.0 / 22, within(1e-12));
    assertThat(figures.get("tokens").value()).isEqualTo(5);
    assertThat(result.rows()).hasSize(2);
    assertThat(result.rows().get(0).path("tokens").asInt()).isEqualTo(4);
  }

  @Test
  void pairsAreOrderedByRewardOrByLikelihood() throws IOException {
    Path data =
        file(
            "{\"prompt\":\"a\",\"chosen\":\"b c d\",\"rejected\":\"eeeeeeeee\"}",
            "{\"prompt\":\"a\",\"chosen\":\"b\",\"rejected\":\"c d\"}",
            "{\"prompt\":\"f\",\"chosen\":\"b c d e\",\"rejected\":\"gg\"}",
            "{\"prompt\":\"g\",\"chosen\":\"b\",\"rejected\":\"c\"}");
    Suite.Measuring suite = suite("preferences").open(data);
    Map<String, Interval> reward = suite.measure(new Known(true), OPTIONS).figures();
    // Two won, one lost, one even; three independent prompts.
    assertThat(reward.get("accuracy/reward").value()).isEqualTo(2.5 / 4);
    assertThat(reward.get("accuracy/reward").n()).isEqualTo(3);
    assertThat(reward.get("margin/reward").value()).isEqualTo((2 - 1 + 3 + 0) / 4.0);
    assertThat(reward.get("accuracy/shorter").value()).isEqualTo(2.5 / 4);
    SuiteResult likelihood = suite.measure(new Known(false), OPTIONS);
    assertThat(likelihood.figures().get("accuracy/logprob").value()).isEqualTo(1.5 / 4);
    assertThat(likelihood.figures().get("accuracy/logprob_per_token").value()).isEqualTo(0.5);
    assertThat(likelihood.rows().get(0).path("lead/logprob").asDouble())
        .isCloseTo(-2 * Math.log(2), within(1e-12));
  }

  @Test
  void aRewardModelHasNoLikelihoods() {
    for (String name : List.of("perplexity", "sample-world")) {
      assertThatThrownBy(() -> suite(name).requireFits(new Known(true)))
          .isInstanceOf(UserException.class)
          .hasMessageContainingAll(name, "reward model", "needed: a language model");
    }
    suite("preferences").requireFits(new Known(true));
  }

  @Test
  void dataOfTheWrongKindIsNamed() throws IOException {
    Path data = file("{\"question\":1}");
    for (String name : List.of("perplexity", "preferences")) {
      assertThatThrownBy(() -> suite(name).open(data))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("rows.jsonl line 1");
    }
    assertThatThrownBy(() -> suite("sample-world").open(folder))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("is no sample world");
  }

  @Test
  void resultsSayWhatTheyAreOf() throws IOException {
    Path data = file("{\"text\":\"one two\"}");
    SuiteResult result = suite("perplexity").open(data).measure(new Known(false), OPTIONS);
    Path output = folder.resolve("out");
    SuiteFiles.write(
        output, JsonNodeFactory.instance.objectNode().put("suite", "perplexity"), OPTIONS, result);
    JsonNode written = Json.read(output.resolve("results.json"));
    assertThat(written.path("suite").asText()).isEqualTo("perplexity");
    assertThat(written.path("intervals").asText()).contains("200 draws over rows");
    assertThat(written.path("figures").path("perplexity").path("value").asDouble())
        .isCloseTo(2, within(1e-12));
    assertThat(JsonLines.readAll(output.resolve("rows.jsonl"))).hasSize(1);
  }
}
