package org.plumbline.ppo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.plumbline.testing.FloatAssert.assertNumbers;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.model.adapter.Adapter;
import org.plumbline.model.adapter.AdapterMethod;
import org.plumbline.model.adapter.Bottleneck;
import org.plumbline.model.adapter.Lora;
import org.plumbline.model.adapter.PromptTuning;
import org.plumbline.model.architecture.ModelBundle;
import org.plumbline.model.architecture.TransformerModel;
import org.plumbline.model.generation.SequenceScorer;
import org.plumbline.model.generation.SequenceScorer.Sequence;
import org.plumbline.model.safetensors.SafetensorsFile;
import org.plumbline.model.safetensors.WeightFolder;
import org.plumbline.model.tensor.Gaussians;
import org.plumbline.stage.Json;
import org.plumbline.stage.JsonLines;
import org.plumbline.stage.JsonRow;
import org.plumbline.stage.UserException;
import org.plumbline.testing.TestRun;

/** What the stage leaves behind, and what it refuses. */
class PpoStageTest {
  private static final String SHORT =
      ", updates: 3, epochs: 2, learning_rate: 3e-2, evaluate_every: 1, kl: {beta: 0}";

  @TempDir private static Path folder;
  private static TinyWorld world;

  @BeforeAll
  static void write() throws IOException {
    world = TinyWorld.write(folder);
  }

  private static Map<String, Object> run(String name, TinyWorld in, String more)
      throws IOException {
    return new TestRun(folder.resolve(name)).run(new PpoStage(), in.yaml(more));
  }

  /** Rules for generating texts would make rollouts of another distribution than the policy's. */
  @Test
  void rolloutsAreOfThePolicyWhateverItsGenerationConfigSays() throws IOException {
    String steps = ", updates: 1, evaluate_every: 1";
    run("pure", world, steps);
    Path file = world.policy().resolve("generation_config.json");
    String before = Files.readString(file);
    ObjectNode rules = (ObjectNode) Json.read(file);
    rules.put("repetition_penalty", 9.0).put("top_k", 1).put("eta_cutoff", 0.9);
    rules.putArray("suppress_tokens").add(5).add(6);
    try {
      Files.writeString(file, Json.pretty(rules));
      run("ruled", world, steps);
    } finally {
      Files.writeString(file, before);
    }
    for (String name : List.of("metrics.jsonl", "samples.jsonl")) {
      assertThat(folder.resolve("ruled").resolve(name))
          .hasSameTextualContentAs(folder.resolve("pure").resolve(name));
    }
  }

  @Test
  void aRunEndsWithItsBestEvaluationAndShowsSamplesOfEach() throws IOException {
    Map<String, Object> summary =
        run(
            "best",
            world,
            SHORT.replace("updates: 3", "updates: 5").replace("every: 1", "every: 2"));
    List<Map<String, Double>> evaluations =
        TestRun.rows(folder.resolve("best")).stream()
            .filter(row -> row.containsKey("eval/scores"))
            .toList();
    assertThat(evaluations.stream().map(row -> row.get("step")))
        .containsExactly(0.0, 2.0, 4.0, 5.0);
    Map<Long, Double> scores = new TreeMap<>();
    evaluations.forEach(row -> scores.put(row.get("step").longValue(), row.get("eval/scores")));
    assertThat(summary)
        .containsEntry("eval_score_best", Collections.max(scores.values()))
        .containsEntry("eval_score_best", scores.get((Long) summary.get("best_update")))
        .containsEntry("eval_score_before", scores.get(0L))
        .containsEntry("eval_score_last", scores.get(5L))
        .containsEntry("updates", 5)
        .containsEntry("episodes", 40L);
    Map<Long, List<Double>> samples = new TreeMap<>();
    for (JsonRow row : JsonLines.readAll(folder.resolve("best/samples.jsonl"))) {
      assertThat(row.object().path("completion").isTextual()).isTrue();
      samples
          .computeIfAbsent(row.object().path("step").asLong(), step -> new ArrayList<>())
          .add(row.object().path("reward").asDouble());
    }
    assertThat(samples.keySet()).isEqualTo(scores.keySet());
    samples.forEach(
        (step, rewards) ->
            assertThat(rewards.stream().mapToDouble(r -> r).average().orElseThrow())
                .isCloseTo(scores.get(step), within(1e-9)));
  }

  @Test
  void noEvaluationBeyondTheKlLimitIsChosen() throws IOException {
    Map<String, Object> summary =
        run("limited", world, SHORT.replace("beta: 0", "beta: 0, limit: 1e-3"));
    assertThat(summary).containsEntry("best_update", 0L);
    assertThat((Double) summary.get("eval_kl_last")).isGreaterThan(1e-3);
    // The policy before the first update: B is still 0.
    try (SafetensorsFile saved =
        SafetensorsFile.open(folder.resolve("limited/adapter_model.safetensors"))) {
      saved.tensors().keySet().stream()
          .filter(name -> name.contains("lora_B"))
          .forEach(name -> assertThat(saved.readFloats(name)).containsOnly(0));
    }
  }

  @Test
  void policyAndValueModelOpenFromTheirFolders() throws IOException {
    run("opens", world, SHORT);
    try (ModelBundle policy = ModelBundle.open(folder.resolve("opens"), TinyWorld.FROZEN);
        ModelBundle value = ModelBundle.open(folder.resolve("opens/value"), TinyWorld.FROZEN)) {
      assertThat(policy.base()).isEqualTo(world.policy());
      assertThat(policy.active()).hasSize(1);
      assertThat(value.base()).isEqualTo(world.reward());
      assertThat(value.active().get(0).head()).isPresent();
    }
  }

  @Test
  void aValueModelOnALoraRewardModelNamesABaseWithItMerged() throws IOException {
    Path start = adapterOnPolicy("reward-adapter", 1);
    run("on-lora-reward", new TinyWorld(world.policy(), start, world.prompts()), SHORT);
    Path saved = folder.resolve("on-lora-reward/value");
    List<Sequence> probe = List.of(new Sequence(new int[] {5, 40, 270, 9, 80, 33, 2}, 1));
    try (ModelBundle value = ModelBundle.open(saved, TinyWorld.FROZEN);
        ModelBundle reward = ModelBundle.open(start, TinyWorld.FROZEN)) {
      assertThat(value.base()).isEqualTo(saved.resolve("base"));
      assertThat(value.active().get(0).head()).isPresent();
      // Beneath the value adapter lies the reward model: both give the same log-probabilities.
      assertThat(new SequenceScorer(value.model(), 1).logProbs(probe, List.of(), 1).get(0))
          .containsExactly(
              new SequenceScorer(reward.model(), 1).logProbs(probe, reward.active(), 1).get(0),
              within(1e-4f));
    }
  }

  @Test
  void embeddingsAndOutputHeadMayBeThePolicysOwn() throws IOException {
    run("whole", world, SHORT + ", modules_to_save: [embed_tokens, lm_head]");
    try (WeightFolder policy = WeightFolder.open(folder.resolve("whole"), "adapter_model");
        WeightFolder value = WeightFolder.open(folder.resolve("whole/value"), "adapter_model");
        ModelBundle opened = ModelBundle.open(folder.resolve("whole"), TinyWorld.FROZEN)) {
      for (String name : List.of("model.embed_tokens.weight", "lm_head.weight")) {
        assertThat(policy.contains("base_model.model." + name)).as(name).isTrue();
        assertThat(value.contains("base_model.model." + name)).as(name).isFalse();
      }
      assertThat(opened.active()).hasSize(1);
    }
  }

  /** A random adapter on the policy's base; {@code headWidth} 0 for none. */
  private static Path adapterOnPolicy(String name, int headWidth) throws IOException {
    return adapterOnPolicy(name, Lora.of(2, 4, 0, List.of("all-linear")), headWidth);
  }

  private static Path adapterOnPolicy(String name, AdapterMethod method, int headWidth)
      throws IOException {
    Path place = Files.createDirectories(folder.resolve(name));
    try (ModelBundle bundle = ModelBundle.open(world.policy(), TinyWorld.FROZEN)) {
      TransformerModel model = bundle.model();
      Adapter adapter = model.addAdapter("start", method, headWidth, 1);
      adapter
          .parameters()
          .forEach(
              p -> {
                float[] values = new float[(int) p.size()];
                Gaussians.fill(values, 0.1, new java.util.SplittableRandom(2));
                model.carrier().write(p.value(), values);
                p.changed().run();
              });
      model.saveAdapter(adapter, place, bundle.base());
    }
    return place;
  }

  @Test
  void aPolicyThatStartsFromAnAdapterNamesABaseWithItMerged() throws IOException {
    Path start = adapterOnPolicy("sft-adapter", 0);
    TinyWorld adapted = new TinyWorld(start, world.reward(), world.prompts());
    run("adapted", adapted, SHORT);
    List<Sequence> probe = List.of(new Sequence(new int[] {5, 40, 270, 9, 80, 33, 2}, 1));
    try (ModelBundle out = ModelBundle.open(folder.resolve("adapted"), TinyWorld.FROZEN);
        ModelBundle in = ModelBundle.open(start, TinyWorld.FROZEN.withAnyBase(true))) {
      // On the base beneath with the first adapter beside it, not merged in it.
      TransformerModel model = in.model();
      Adapter policy = model.loadAdapter("policy", folder.resolve("adapted"));
      float[] reference = logProbs(model, probe, in.active());
      float[] wanted = logProbs(model, probe, List.of(in.active().get(0), policy));
      assertNumbers(logProbs(out.model(), probe, List.of())).isCloseTo(reference, 1e-4, 0);
      assertNumbers(logProbs(out.model(), probe, out.active())).isCloseTo(wanted, 1e-4, 0);
    }
  }

  /** What PPO leaves names a base with them merged in it, so that must be possible. */
  @Test
  void adaptersThatCannotBeMergedAreRefusedBeforeAnythingIsTrained() throws IOException {
    Path prompts = adapterOnPolicy("prompt-tuned", new PromptTuning(2, List.of()), 0);
    assertThatThrownBy(
            () -> run("no-policy", new TinyWorld(prompts, world.reward(), world.prompts()), SHORT))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("ppo.policy=%s: adapter ".formatted(prompts))
        .hasMessageContaining("(PROMPT_TUNING) cannot be merged");
    Bottleneck layers = new Bottleneck(Bottleneck.Places.HOULSBY, 4, Bottleneck.Activation.RELU);
    Path scorer = adapterOnPolicy("bottleneck-reward", layers, 1);
    TinyWorld onScorer = new TinyWorld(world.policy(), scorer, world.prompts());
    assertThatThrownBy(() -> run("no-value", onScorer, SHORT))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("ppo.reward=%s: adapter ".formatted(scorer))
        .hasMessageContaining("(BOTTLENECK) cannot be merged");
    for (String name : List.of("no-policy", "no-value")) {
      assertThat(folder.resolve(name).resolve("metrics.jsonl")).doesNotExist();
    }
    // Where the value model stands on the policy, nothing of the reward model is merged.
    assertThat(run("value-on-policy", onScorer, ", updates: 1, value: policy"))
        .containsEntry("updates", 1);
  }

  private static float[] logProbs(
      TransformerModel model, List<Sequence> probe, List<Adapter> active) {
    return new SequenceScorer(model, 1).logProbs(probe, active, 1).get(0);
  }

  @Test
  void promptsAreNeededOnBothSides() throws IOException {
    Path few = folder.resolve("few.jsonl");
    Files.writeString(few, "{\"prompt\":\"tea\"}\n");
    TinyWorld poor = new TinyWorld(world.policy(), world.reward(), few);
    assertThatThrownBy(() -> run("poor", poor, ""))
        .isInstanceOf(UserException.class)
        .hasMessageMatching(
            "prompts=.*few.jsonl holds [01] training and [01] held-out prompts; at least one of each is needed");
  }

  @Test
  void aValueModelOnARewardModelOfOtherTokensIsRefused() throws IOException {
    Path other =
        TinyWorld.model(folder.resolve("other"), List.of("words of another tongue"), 262, 5);
    Path reward = TinyWorld.scorer(other, folder.resolve("other-reward"), 6);
    TinyWorld mixed = new TinyWorld(world.policy(), reward, world.prompts());
    assertThatThrownBy(() -> run("mixed", mixed, ""))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "ppo.value=reward needs one tokenizer for policy=%s and reward=%s, but theirs differ; set value: policy"
                .formatted(world.policy(), reward));
    assertThat(run("mixed-policy", mixed, ", updates: 1, value: policy"))
        .containsEntry("updates", 1);
  }
}
