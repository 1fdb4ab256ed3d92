package org.plumbline.pipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.stage.Json;
import org.plumbline.stage.JsonLines;
import org.plumbline.stage.JsonRow;
import org.plumbline.testing.Golden;

/** {@code plumbline score} against score.expected.jsonl of every golden model. */
@Tag("parity")
class ScoreParityTest {
  /** Tolerances of goldens/README.md. */
  private static final double PER_TOKEN = 1e-4;

  private static final double REWARD = 2e-4;

  /** Families of later issues; a case of one of them must be refused by its name. */
  private static final Set<String> LATER = Set.of("llava");

  @TempDir private Path folder;

  @TestFactory
  Stream<DynamicTest> scoresEqualTheGoldens() {
    return Golden.perDirectory(
        "architectures", model -> Files.exists(model.resolve("score.jsonl")), this::check);
  }

  private void check(Path model) throws IOException {
    Path rows = model.resolve("score.jsonl");
    String family = Json.read(model.resolve("config.json")).path("model_type").asText();
    Path output = folder.resolve(model.getFileName() + ".jsonl");
    Cli.Result result = Cli.run("score", "--model", model, "--input", rows, "--output", output);
    if (LATER.contains(family)) {
      result.refused(family);
      return;
    }
    result.done();
    List<JsonRow> expected = JsonLines.readAll(model.resolve("score.expected.jsonl"));
    List<JsonRow> actual = JsonLines.readAll(output);
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < expected.size(); i++) {
      compare(expected.get(i).value(), actual.get(i).value());
    }
  }

  private static void compare(JsonNode expected, JsonNode actual) {
    if (expected.has("logits")) {
      compareClasses(expected, actual);
      return;
    }
    assertThat(actual.path("tokens")).isEqualTo(expected.path("tokens"));
    boolean reward = expected.has("reward");
    double tolerance = reward ? REWARD : PER_TOKEN * expected.path("tokens").asInt();
    String key = reward ? "reward" : expected.has("pseudo_logprob") ? "pseudo_logprob" : "logprob";
    assertThat(actual.path(key).asDouble())
        .isCloseTo(expected.path(key).asDouble(), within(tolerance));
  }

  private static void compareClasses(JsonNode expected, JsonNode actual) {
    for (int label = 0; label < expected.path("logits").size(); label++) {
      assertThat(actual.path("logits").path(label).asDouble())
          .isCloseTo(expected.path("logits").path(label).asDouble(), within(REWARD));
      assertThat(actual.path("probabilities").path(label).asDouble())
          .isCloseTo(expected.path("probs").path(label).asDouble(), within(REWARD));
    }
    assertThat(actual.path("label")).isEqualTo(expected.path("label"));
  }
}
