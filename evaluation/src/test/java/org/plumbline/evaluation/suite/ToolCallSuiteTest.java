package org.plumbline.evaluation.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.data.Demonstration;
import org.plumbline.data.Prompt;
import org.plumbline.evaluation.Reply;
import org.plumbline.stage.Json;
import org.plumbline.stage.UserException;
import org.plumbline.stage.statistics.Interval;

/** Calls are read from replies as agents write them, and counted. */
class ToolCallSuiteTest {
  @TempDir private Path folder;

  /** A model whose replies are given. */
  private record Script(boolean isRewardModel, List<String> replies) implements SuiteModel {
    @Override
    public List<Likelihood> likelihoods(List<Demonstration> rows) {
      return List.of();
    }

    @Override
    public double[] rewards(List<Demonstration> rows) {
      return new double[0];
    }

    @Override
    public List<Reply> generate(List<Prompt> prompts, SuiteOptions options) {
      assertThat(prompts.get(0).meta()).containsKey("tools");
      return replies.stream().map(text -> new Reply(text, new int[] {1}, true)).toList();
    }
  }

  private static Suite suite() {
    return Suites.all().stream()
        .filter(s -> s.name().equals("tool-calls"))
        .findFirst()
        .orElseThrow();
  }

  private Path file(String... rows) throws IOException {
    return Files.writeString(folder.resolve("rows.jsonl"), String.join("\n", rows) + "\n");
  }

  private static String row(String expected) {
    return "{\"messages\":[{\"role\":\"user\",\"content\":\"q\"}],\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"book\"}},{\"name\":\"clock\"}],\"expected\":%s}"
        .formatted(expected);
  }

  private static void parsed(String reply, String name, String arguments) throws IOException {
    Optional<ToolCall> call = ToolCall.parse(reply);
    assertThat(call).isPresent();
    assertThat(call.get().name()).isEqualTo(name);
    assertThat(call.get().arguments()).isEqualTo(Json.mapper().readTree(arguments));
  }

  @Test
  void callsAreReadInEveryShape() throws IOException {
    String call = "{\"name\": \"book\", \"arguments\": {\"room\": 7}}";
    parsed(call, "book", "{\"room\":7}");
    parsed("I will.\n<tool_call>\n" + call + "\n</tool_call>", "book", "{\"room\":7}");
    parsed("<tool_call>" + call + "</tool_call><tool_call>{}</tool_call>", "book", "{\"room\":7}");
    parsed("{\"name\":\"book\",\"parameters\":{}}", "book", "{}");
    parsed(
        "{\"type\":\"function\",\"function\":{\"name\":\"book\",\"arguments\":\"{\\\"room\\\":7}\"}}",
        "book",
        "{\"room\":7}");
  }

  @Test
  void whatIsNoCallIsNone() {
    for (String reply :
        List.of(
            "Yes.",
            "",
            "{\"name\":\"book\"}",
            "{\"name\":3,\"arguments\":{}}",
            "{\"name\":\"book\",\"arguments\":[1]}",
            "{\"name\":\"book\",\"arguments\":\"room 7\"}",
            "{\"name\":\"book\",\"arguments\":{}",
            "<tool_call>book</tool_call>",
            "<tool_call>{\"name\":\"book\",\"arguments\":{}}")) {
      assertThat(ToolCall.parse(reply)).as(reply).isEmpty();
    }
  }

  @Test
  void figuresCountNamesPairsAndReadableCalls() throws IOException {
    String expected = "{\"name\":\"book\",\"arguments\":{\"room\":7,\"who\":\"ano\"}}";
    Path data =
        file(
            row(expected),
            row(expected),
            row(expected),
            row(expected),
            row("{\"name\":\"clock\",\"arguments\":{}}"));
    List<String> replies =
        List.of(
            "{\"name\":\"book\",\"arguments\":{\"who\":\"ano\",\"room\":7.0}}",
            "{\"name\":\"book\",\"arguments\":{\"room\":7,\"who\":\"ilo\",\"day\":1}}",
            "{\"name\":\"steal\",\"arguments\":{\"room\":7,\"who\":\"ano\"}}",
            "Yes.",
            "{\"name\":\"clock\",\"arguments\":{}}");
    SuiteResult result =
        suite().open(data).measure(new Script(false, replies), new SuiteOptions(7, 200, 1, 32, 0));
    Map<String, Interval> figures = result.figures();
    assertThat(figures.get("valid_call_rate").value()).isEqualTo(0.6);
    assertThat(figures.get("name_accuracy").value()).isEqualTo(0.6);
    assertThat(figures.get("argument_exact_match").value()).isEqualTo(0.4);
    assertThat(figures.get("argument_f1").value()).isCloseTo((1 + 2 / 5.0 + 1) / 5, within(1e-12));
    assertThat(figures.get("name_accuracy").n()).isEqualTo(5);
    assertThat(figures.get("name_accuracy").low()).isLessThan(0.6);
    assertThat(result.rows()).hasSize(5);
    assertThat(result.rows().get(2).path("called").path("name").asText()).isEqualTo("steal");
    assertThat(result.rows().get(3).has("called")).isFalse();
  }

  @Test
  void severalRepliesToARowAreOneUnit() throws IOException {
    Path data = file(row("{\"name\":\"clock\",\"arguments\":{}}"));
    String right = "{\"name\":\"clock\",\"arguments\":{}}";
    SuiteResult result =
        suite()
            .open(data)
            .measure(new Script(false, List.of(right, "no")), new SuiteOptions(7, 50, 2, 32, 1));
    assertThat(result.figures().get("name_accuracy")).isEqualTo(new Interval(0.5, 0.5, 0.5, 1));
  }

  @Test
  void rowsWithoutACallToExpectAreNamed() throws IOException {
    Path data = file(row("{\"name\":\"clock\",\"arguments\":{}}"), row("{\"name\":\"clock\"}"));
    assertThatThrownBy(() -> suite().open(data))
        .isInstanceOf(UserException.class)
        .hasMessage(
            data + " line 2: \"expected\" needs a text \"name\" and an object \"arguments\"");
    Path empty = Files.createFile(folder.resolve("empty.jsonl"));
    assertThatThrownBy(() -> suite().open(empty))
        .hasMessage(empty + " holds no rows; at least one request is needed");
    assertThatThrownBy(() -> suite().requireFits(new Script(true, List.of())))
        .hasMessageContaining("needed: a language model");
  }
}
