package org.plumbline.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.data.Prompt;
import org.plumbline.data.world.Level;
import org.plumbline.data.world.SampleWorldConfig;
import org.plumbline.data.world.SampleWorldStage;
import org.plumbline.data.world.WorldFlaws;
import org.plumbline.feedback.JudgeConfig;
import org.plumbline.stage.Json;
import org.plumbline.stage.JsonLines;
import org.plumbline.stage.StoppedException;
import org.plumbline.stage.UserException;
import org.plumbline.testing.TestRun;

class EvaluateStageTest {
  @TempDir static Path shared;
  @TempDir Path directory;

  @BeforeAll
  static void makeWorld() throws IOException {
    SampleWorldConfig small =
        new SampleWorldConfig(Level.EASY, 20, 20, 20, 30, 20, 10, 40, WorldFlaws.USUAL);
    Files.createDirectories(shared.resolve("world"));
    new SampleWorldStage().run(small, new TestRun(shared.resolve("world")));
  }

  private static EvaluateConfig config(List<String> models, String baseline, int samples) {
    return new EvaluateConfig(
        models,
        List.of(),
        baseline,
        Optional.empty(),
        Optional.of(shared.resolve("world").toString()),
        Optional.empty(),
        Optional.empty(),
        samples,
        32,
        1,
        List.of("length"),
        Optional.empty(),
        200);
  }

  private JsonNode evaluate(EvaluateConfig config) throws IOException {
    new EvaluateStage(FakeModels.RUDE_AND_KIND).run(config, new TestRun(directory));
    return Json.read(directory.resolve("evaluation.json"));
  }

  @Test
  void measuresTruthRewardDistanceAndGroups() throws IOException {
    JsonNode root = evaluate(config(List.of("rude", "kind"), "rude", 2));
    JsonNode rude = root.path("models").path(0);
    JsonNode kind = root.path("models").path(1);

    assertThat(root.path("prompts").asInt()).isEqualTo(80);
    assertThat(root.path("units").asInt()).isEqualTo(40);
    assertThat(root.path("intervals").asText()).contains("one seed: they cover the choice of");
    assertThat(rude.at("/numbers/kl/value").asDouble()).isZero();
    assertThat(kind.at("/numbers/kl/value").asDouble()).isEqualTo(3);
    assertThat(kind.at("/numbers/reward~1length/value").asDouble())
        .isEqualTo(FakeModels.POLITE.length());
    assertThat(kind.at("/change/reward~1length/value").asDouble())
        .isEqualTo(FakeModels.POLITE.length() - "go away .".length());
    assertThat(kind.at("/numbers/ended/value").asDouble()).isCloseTo(0.75, within(1e-9));
    assertThat(rude.at("/numbers/politeness/value").asDouble())
        .isLessThan(kind.at("/numbers/politeness/value").asDouble());
    assertThat(kind.at("/win_rates/truth/value").asDouble()).isGreaterThan(0.8);
    assertThat(kind.at("/win_rates/length/value").asDouble()).isEqualTo(1);
    assertThat(rude.path("win_rates")).isEmpty();
    assertThat(kind.at("/groups/grant_rate/gap/value").asDouble()).isZero();
    assertThat(kind.at("/groups/grant_rate/gap_change/value").asDouble()).isZero();
    assertThat(kind.at("/groups/true_positive_rate/rates").size()).isEqualTo(2);
    assertThat(root.at("/reward_accuracy/length/value").asDouble()).isBetween(0.2, 0.8);
  }

  @Test
  void samplesHoldEveryModelsReplies() throws IOException {
    evaluate(config(List.of("rude", "kind"), "rude", 2));

    JsonNode row = JsonLines.readAll(directory.resolve("samples.jsonl")).get(0).value();
    assertThat(row.at("/replies/kind").size()).isEqualTo(2);
    assertThat(row.at("/replies/kind/0/reply").asText()).isEqualTo(FakeModels.POLITE);
    assertThat(row.at("/replies/kind/0/q").isNumber()).isTrue();
    assertThat(row.at("/replies/rude/0/rewards/length").asDouble()).isEqualTo(9);
  }

  @Test
  void sameSeedSameBytes() throws IOException {
    evaluate(config(List.of("rude", "kind"), "rude", 1));
    byte[] first = Files.readAllBytes(directory.resolve("evaluation.json"));
    evaluate(config(List.of("rude", "kind"), "rude", 1));

    assertThat(Files.readAllBytes(directory.resolve("evaluation.json"))).isEqualTo(first);
  }

  @Test
  void plainPromptsNeedNoTruth() throws IOException {
    Path file = directory.resolve("prompts.jsonl");
    Files.writeString(file, "{\"prompt\":\"one\"}\n{\"prompt\":\"two\"}\n{\"prompt\":\"three\"}\n");
    EvaluateConfig base = config(List.of("rude", "kind"), "rude", 1);
    JsonNode root =
        evaluate(
            new EvaluateConfig(
                base.models(),
                List.of(),
                "rude",
                Optional.empty(),
                Optional.empty(),
                Optional.of(file.toString()),
                Optional.of(2),
                1,
                32,
                1,
                base.rewards(),
                Optional.empty(),
                100));

    assertThat(root.path("prompts").asInt()).isEqualTo(2);
    assertThat(root.at("/models/1/numbers").has("good_rate")).isFalse();
    assertThat(root.at("/models/1/groups")).isEmpty();
    assertThat(root.at("/models/1/win_rates/length/value").asDouble()).isEqualTo(1);
  }

  @Test
  void judgeComparesWithTheBaseline() throws IOException {
    EvaluateConfig base = config(List.of("rude", "kind"), "rude", 1);
    JudgeConfig judge =
        new JudgeConfig(
            "sample-world",
            Optional.empty(),
            Optional.empty(),
            0,
            true,
            "c",
            true,
            false,
            50,
            5,
            2,
            0.01,
            0,
            2,
            Optional.empty(),
            false,
            0,
            0);
    JsonNode root =
        evaluate(
            new EvaluateConfig(
                base.models(),
                List.of(),
                "rude",
                Optional.empty(),
                base.world(),
                Optional.empty(),
                Optional.of(20),
                1,
                32,
                1,
                List.of(),
                Optional.of(judge),
                100));

    JsonNode rate = root.at("/models/1/win_rates/judge");
    assertThat(rate.path("value").asDouble()).isGreaterThan(0.5);
    assertThat(rate.path("wins").asInt() + rate.path("ties").asInt() + rate.path("losses").asInt())
        .isEqualTo(20);
    assertThat(root.at("/models/0/win_rates").has("judge")).isFalse();
  }

  @Test
  void pairedPromptsStayTogether() {
    List<Prompt> prompts = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      prompts.add(
          new Prompt(
              "p" + i,
              Prompt.raw("x", "text").messages(),
              Map.of("pair_key", Json.mapper().getNodeFactory().textNode("k" + i % 5))));
    }
    HeldOut heldOut = HeldOut.of(prompts, Optional.of(3), 2);

    assertThat(heldOut.prompts()).extracting(Prompt::id).containsExactly("p0", "p5", "p1", "p6");
    assertThat(heldOut.units()).hasSize(2);
    double[][] byUnit = heldOut.byUnit(new double[] {0, 1, 2, 3, 4, 5, 6, 7});
    assertThat(byUnit).isDeepEqualTo(new double[][] {{0, 1, 2, 3}, {4, 5, 6, 7}});
    assertThat(Arrays.stream(byUnit).mapToInt(u -> u.length).sum()).isEqualTo(heldOut.replies());
  }

  @Test
  void stopEndsIt() {
    TestRun context = new TestRun(directory);
    context.stoppingAfter(1);

    assertThatThrownBy(
            () ->
                new EvaluateStage(FakeModels.RUDE_AND_KIND)
                    .run(config(List.of("rude", "kind"), "rude", 1), context))
        .isInstanceOf(StoppedException.class)
        .hasMessage("stopped within the evaluation, which starts anew next time");
  }

  @Test
  void emptyPromptFileIsAnError() throws IOException {
    Path file = Files.writeString(directory.resolve("none.jsonl"), "");
    EvaluateConfig empty =
        new EvaluateConfig(
            List.of("rude"),
            List.of(),
            "rude",
            Optional.empty(),
            Optional.empty(),
            Optional.of(file.toString()),
            Optional.empty(),
            1,
            32,
            1,
            List.of(),
            Optional.empty(),
            100);

    assertThatThrownBy(() -> evaluate(empty))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("none.jsonl");
  }

  @Test
  void configIsChecked() {
    assertThatThrownBy(() -> config(List.of("a", "b"), "c", 1))
        .hasMessage("baseline=c must be one of the models [a, b]");
    assertThatThrownBy(() -> config(List.of("x/a", "a"), "a", 1))
        .hasMessage("models=[a, a] holds \"a\" twice");
    assertThatThrownBy(() -> config(List.of(), "a", 1)).hasMessage("models=[] must not be empty");
    assertThatThrownBy(() -> config(List.of("a"), "a", 0)).hasMessage("samples=0 must be positive");
    assertThatThrownBy(
            () ->
                new EvaluateConfig(
                    List.of("a"),
                    List.of(),
                    "a",
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    1,
                    32,
                    1,
                    List.of(),
                    Optional.empty(),
                    10))
        .hasMessage("prompts is missing; needs prompts, or a sample world under world");
  }

  @Test
  void labelsAreArtifactNamesOrLastParts() {
    assertThat(ModelEntry.of("runs/x/sft/").label()).isEqualTo("sft");
    assertThat(new ModelEntry("m", Optional.of("mine"), Optional.of("a"), false).label())
        .isEqualTo("mine");
  }
}
