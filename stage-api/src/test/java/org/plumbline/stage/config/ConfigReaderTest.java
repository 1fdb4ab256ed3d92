package org.plumbline.stage.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.plumbline.stage.config.SampleConfigs.problems;
import static org.plumbline.stage.config.SampleConfigs.read;
import static org.plumbline.stage.config.SampleConfigs.yaml;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.plumbline.stage.Json;
import org.plumbline.stage.UserException;
import org.plumbline.stage.config.SampleConfigs.Constant;
import org.plumbline.stage.config.SampleConfigs.Cosine;
import org.plumbline.stage.config.SampleConfigs.Kl;
import org.plumbline.stage.config.SampleConfigs.Lora;
import org.plumbline.stage.config.SampleConfigs.Method;
import org.plumbline.stage.config.SampleConfigs.Ppo;

class ConfigReaderTest {
  @Test
  void defaultsFillWhatIsLeftOut() {
    assertThat(read("policy: sft"))
        .isEqualTo(
            new Ppo(
                "sft",
                8,
                4,
                0.95,
                1e-4,
                Method.FULL,
                false,
                100,
                new Kl(0.1, Optional.empty(), 10_000),
                Optional.empty(),
                new Constant(),
                Optional.empty(),
                Map.of(),
                List.of(),
                8080));
  }

  @Test
  void everyTypeIsRead() {
    Ppo config =
        read(
            "policy: sft",
            "batch_size: 1_000",
            "minibatches: 1e1",
            "lambda: .5",
            "learning_rate: 3E-5",
            "method: lora-only",
            "whiten_reward: true",
            "steps: 3_000_000_000",
            "kl: {beta: 1, target: 6}",
            "lora: {rank: 4, targets: [q_proj, v_proj]}",
            "schedule: {type: cosine, warmup_steps: 10}",
            "data: some/rows.jsonl",
            "weights: {length: 0.5, politeness: 2}",
            "adapters: [{rank: 1}, {rank: 2, alpha: 4}]");

    assertThat(config.batchSize()).isEqualTo(1000);
    assertThat(config.minibatches()).isEqualTo(10);
    assertThat(config.lambda()).isEqualTo(0.5);
    assertThat(config.learningRate()).isEqualTo(3e-5);
    assertThat(config.method()).isEqualTo(Method.LORA_ONLY);
    assertThat(config.whitenReward()).isTrue();
    assertThat(config.steps()).isEqualTo(3_000_000_000L);
    assertThat(config.kl()).isEqualTo(new Kl(1, Optional.of(6.0), 10_000));
    assertThat(config.lora()).contains(new Lora(4, 16, List.of("q_proj", "v_proj")));
    assertThat(config.schedule()).isEqualTo(new Cosine(10));
    assertThat(config.data()).contains(Path.of("some/rows.jsonl"));
    assertThat(config.weights())
        .containsExactly(Map.entry("length", 0.5), Map.entry("politeness", 2.0));
    assertThat(config.adapters()).extracting(Lora::rank).containsExactly(1, 2);
  }

  @Test
  void anUnknownKeyNamesTheNearest() {
    assertThat(problems("policy: sft", "kl: {bta: 1}"))
        .containsExactly("recipe.yaml line 2: human-ppo.kl.bta: unknown key; did you mean beta?");
    assertThat(problems("policy: sft", "batch-size: 1"))
        .containsExactly(
            "recipe.yaml line 2: human-ppo.batch-size: unknown key; did you mean batch_size?");
    assertThat(problems("policy: sft", "horizon: 1"))
        .containsExactly(
            "recipe.yaml line 2: human-ppo.horizon: unknown key; did you mean kl.horizon?");
    assertThat(problems("policy: sft", "kl: {zzzzzzzz: 1}"))
        .containsExactly(
            "recipe.yaml line 2: human-ppo.kl.zzzzzzzz: unknown key; valid keys: beta, target, horizon");
  }

  @Test
  void allProblemsComeAtOnceInOrderOfLines() {
    assertThatThrownBy(
            () ->
                read(
                    "batch_size: \"8\"",
                    "lambda: x",
                    "kl:",
                    "  beta: -1",
                    "sede: 7",
                    "method: ful"))
        .isInstanceOf(UserException.class)
        .hasMessage(
            """
            6 problems in the configuration:
              recipe.yaml line 1: human-ppo.policy: is missing; needs text
              recipe.yaml line 1: human-ppo.batch_size: found "8" (quoted text), needs a whole number; remove the quotes
              recipe.yaml line 2: human-ppo.lambda: found x, needs a number
              recipe.yaml line 4: human-ppo.kl.beta: kl.beta=-1 must be positive
              recipe.yaml line 5: human-ppo.sede: unknown key; valid keys: policy, batch_size, minibatches, lambda, learning_rate, method, whiten_reward, steps, kl, lora, schedule, data, weights, adapters, port
              recipe.yaml line 6: human-ppo.method: found ful, needs one of full, lora_only; did you mean full?""");
  }

  @Test
  void everyBrokenRuleOfASectionIsShown() {
    assertThat(
            problems(
                "policy: sft",
                "minibatches: 3",
                "batch_size: 10",
                "lambda: 2",
                "steps: 0",
                "kl: {beta: 0}"))
        .containsExactly(
            "recipe.yaml line 2: human-ppo.minibatches: ppo.minibatches=3 does not divide ppo.batch_size=10",
            "recipe.yaml line 4: human-ppo.lambda: ppo.lambda=2 must lie between 0 and 1",
            "recipe.yaml line 5: human-ppo.steps: ppo.steps=0 must be at least 1",
            "recipe.yaml line 6: human-ppo.kl.beta: kl.beta=0 must be positive");
  }

  @Test
  void aRuleOverDefaultsStandsAtItsSection() {
    assertThat(problems("policy: sft", "batch_size: 10"))
        .containsExactly(
            "recipe.yaml line 1: human-ppo: ppo.minibatches=4 does not divide ppo.batch_size=10");
  }

  @Test
  void wrongShapesAreNamed() {
    assertThat(problems("policy: sft", "kl: 3"))
        .containsExactly(
            "recipe.yaml line 2: human-ppo.kl: found 3, needs a section of keys and values");
    assertThat(problems("policy: [a, b]"))
        .containsExactly("recipe.yaml line 1: human-ppo.policy: found a list of 2, needs text");
    assertThat(problems("policy: sft", "lora: {rank: 1, targets: all}"))
        .containsExactly(
            "recipe.yaml line 2: human-ppo.lora.targets: found all, needs a list; write [all]");
    assertThat(problems("policy: sft", "lora: {rank: 1, targets: }"))
        .containsExactly("recipe.yaml line 2: human-ppo.lora.targets: found nothing, needs a list");
    assertThat(problems("policy: sft", "weights: [1]"))
        .containsExactly(
            "recipe.yaml line 2: human-ppo.weights: found a list of 1, needs a section of keys and values");
    assertThat(problems("policy: sft", "weights: {a: b}", "adapters: [{rank: 1}, {rank: x}]"))
        .containsExactly(
            "recipe.yaml line 2: human-ppo.weights.a: found b, needs a number",
            "recipe.yaml line 3: human-ppo.adapters[1].rank: found x, needs a whole number");
    assertThat(problems("policy:"))
        .containsExactly("recipe.yaml line 1: human-ppo.policy: found nothing, needs text");
    assertThat(problems("- policy"))
        .containsExactly(
            "recipe.yaml line 1: human-ppo: found a list of 1, needs a section of keys and values");
    assertThat(problems("policy: sft", "data: ''", "batch_size: {a: 1}"))
        .containsExactly(
            "recipe.yaml line 2: human-ppo.data: found \"\" (quoted text), needs a path",
            "recipe.yaml line 3: human-ppo.batch_size: found a section (a), needs a whole number");
  }

  @Test
  void anEmptySectionTakesItsDefaultsAndAnEmptyOptionalIsAbsent() {
    Ppo config = read("policy: sft", "kl:", "lora: null", "data: ~");
    assertThat(config.kl().beta()).isEqualTo(0.1);
    assertThat(config.lora()).isEmpty();
    assertThat(config.data()).isEmpty();
    assertThat(problems("policy: sft", "lora: {}"))
        .containsExactly(
            "recipe.yaml line 2: human-ppo.lora.rank: is missing; needs a whole number");
  }

  @Test
  void aChoiceIsNamedByType() {
    assertThat(read("policy: sft", "schedule: cosine").schedule()).isEqualTo(new Cosine(0));
    assertThat(problems("policy: sft", "schedule: {warmup_steps: 1}"))
        .containsExactly(
            "recipe.yaml line 2: human-ppo.schedule.type: is missing; needs one of constant, cosine");
    assertThat(problems("policy: sft", "schedule: {type: linear}"))
        .containsExactly(
            "recipe.yaml line 2: human-ppo.schedule.type: found linear, needs one of constant, cosine");
    assertThat(problems("policy: sft", "schedule: {type: constant, warmup_steps: 1}"))
        .containsExactly(
            "recipe.yaml line 2: human-ppo.schedule.warmup_steps: unknown key; valid keys: ");
  }

  @Test
  void jsonHoldsDefaultsAndReadsBackEqual() throws Exception {
    Ppo config =
        read(
            "policy: sft",
            "lora: {rank: 4}",
            "schedule: cosine",
            "weights: {b: 1, a: 2}",
            "data: a/b");
    String json = Json.line(ConfigReader.toJson(config));

    assertThat(json)
        .isEqualTo(
            "{\"policy\":\"sft\",\"batch_size\":8,\"minibatches\":4,\"lambda\":0.95,"
                + "\"learning_rate\":1.0E-4,\"method\":\"full\",\"whiten_reward\":false,\"steps\":100,"
                + "\"kl\":{\"beta\":0.1,\"target\":null,\"horizon\":10000},"
                + "\"lora\":{\"rank\":4,\"alpha\":16.0,\"targets\":[]},"
                + "\"schedule\":{\"type\":\"cosine\",\"warmup_steps\":0},\"data\":\"a/b\","
                + "\"weights\":{\"b\":1.0,\"a\":2.0},\"adapters\":[],\"port\":8080}");
    assertThat(ConfigReader.read(Ppo.class, yaml(json), "human-ppo")).isEqualTo(config);
    assertThat(Json.mapper().readTree(json)).isEqualTo(ConfigReader.toJson(config));
  }

  @Test
  void theHashedFormLeavesOutPathsAndWhatBelongsToOneMachine() {
    Ppo config = read("policy: sft", "data: a/b", "port: 1");
    assertThat(ConfigReader.toHashedJson(config).has("port")).isFalse();
    assertThat(ConfigReader.toHashedJson(config).has("data")).isFalse();
    assertThat(ConfigReader.toHashedJson(config).has("policy")).isTrue();
  }

  record Throwing(int a) {
    Throwing {
      if (a == 1) {
        throw new UserException("a=1 is refused by hand");
      }
      if (a == 2) {
        throw new ArithmeticException("a fault of the record");
      }
      Check.positive("a", a);
      Check.that(10 / a > 0, () -> "never");
    }
  }

  @Test
  void exceptionsOfTheConstructorAreProblemsOnlyIfTheUserCanMendThem() {
    assertThat(problems(Throwing.class, yaml("a: 1")))
        .containsExactly("recipe.yaml line 1: human-ppo.a: a=1 is refused by hand");
    assertThat(problems(Throwing.class, yaml("a: 0")))
        .containsExactly("recipe.yaml line 1: human-ppo.a: a=0 must be positive");
    assertThatThrownBy(() -> problems(Throwing.class, yaml("a: 2")))
        .isInstanceOf(ArithmeticException.class);
  }

  record Unsupported(Object anything) {}

  record UnsupportedMap(Map<Integer, String> anything) {}

  @Test
  void aComponentThatNoYamlCanFillIsAFaultOfTheRecord() {
    assertThatThrownBy(() -> problems(Unsupported.class, yaml("anything: 2")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("config records cannot hold java.lang.Object");
    assertThatThrownBy(() -> problems(UnsupportedMap.class, yaml("anything: {1: a}")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("config records cannot hold");
  }
}
