package org.plumbline.reward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.data.PreferencePair;
import org.plumbline.data.Prompt;
import org.plumbline.stage.UserException;
import org.plumbline.stage.config.ConfigException;
import org.plumbline.stage.config.ConfigReader;
import org.plumbline.stage.config.LocatedYaml;
import org.plumbline.testing.TestRun;

/** A reward model learns, is saved, opens, and says what it cannot use. */
class RewardStageTest {
  @TempDir private static Path folder;
  private static Path model;
  private static Path pairs;

  @BeforeAll
  static void write() throws IOException {
    model = TinyModel.write(folder.resolve("model"));
    pairs = TinyModel.pairs(folder.resolve("pairs.jsonl"), 60);
  }

  private static Map<String, Object> run(String name, Path from, Path rows, String more)
      throws IOException {
    return run(new TestRun(folder.resolve(name)), from, rows, more);
  }

  private static Map<String, Object> run(TestRun run, Path from, Path rows, String more)
      throws IOException {
    return run.run(new RewardStage(), "{model: '%s', pairs: '%s'%s}".formatted(from, rows, more));
  }

  /** The saved folder must give the margin that the stage measured before saving. */
  private static void learnsAndOpens(String method, String rate) throws IOException {
    String more =
        ", method: %s, lora: {rank: 4}, test_share: 0.3, training: {steps: 30, batch_size: 16, learning_rate: %s}"
            .formatted(method, rate);
    Map<String, Object> summary = run(method, model, pairs, more);
    assertThat((Double) summary.get("test_accuracy")).isGreaterThan(0.8);
    RewardConfig config =
        ConfigReader.read(
            RewardConfig.class,
            LocatedYaml.parse("test", "{model: m, pairs: p%s}".formatted(more)),
            "reward-model");
    List<PreferencePair> test = PairData.read(pairs, config, 7).test();
    List<Prompt> prompts = test.stream().map(PreferencePair::prompt).toList();
    try (RewardModel reward = RewardModel.open(folder.resolve(method), TinyModel.FROZEN, 64)) {
      double[] chosen = reward.score(prompts, test.stream().map(PreferencePair::chosen).toList());
      double[] rejected =
          reward.score(prompts, test.stream().map(PreferencePair::rejected).toList());
      double margin = 0;
      for (int i = 0; i < chosen.length; i++) {
        margin += (chosen[i] - rejected[i]) / chosen.length;
      }
      assertThat(summary).containsEntry("test_pairs", (long) test.size());
      assertThat(margin).isCloseTo((Double) summary.get("test_margin"), within(1e-5));
    }
  }

  @Test
  void aFullRewardModelLearnsAndOpens() throws IOException {
    learnsAndOpens("full", "5e-3");
  }

  @Test
  void anAdapterWithHeadLearnsAndOpensOnTheLanguageModelsFolder() throws IOException {
    learnsAndOpens("lora", "2e-2");
    assertThat(folder.resolve("lora/adapter_model.safetensors")).exists();
  }

  @Test
  void theHalvesShareNoPromptAndTogetherAreTheTrainingPairs() throws IOException {
    List<PreferencePair> all = train("all");
    List<PreferencePair> first = train("first_half");
    List<PreferencePair> second = train("second_half");
    assertThat(first).isNotEmpty();
    assertThat(second).isNotEmpty();
    assertThat(Stream.concat(first.stream(), second.stream()).map(PreferencePair::id))
        .containsExactlyInAnyOrderElementsOf(all.stream().map(PreferencePair::id).toList());
    assertThat(first.stream().map(pair -> pair.prompt().text()))
        .doesNotContainAnyElementsOf(second.stream().map(pair -> pair.prompt().text()).toList());
  }

  private static List<PreferencePair> train(String part) throws IOException {
    RewardConfig config =
        ConfigReader.read(
            RewardConfig.class,
            LocatedYaml.parse("test", "{model: m, pairs: p, part: %s}".formatted(part)),
            "reward-model");
    return PairData.read(pairs, config, 7).train();
  }

  @Test
  void marginsOfThePairsRaiseTheLossWhereTheyAreAskedFor() throws IOException {
    String training = ", use_margin: %s, training: {steps: 1, batch_size: 30}";
    run("plain", model, pairs, training.formatted(false));
    run("margin", model, pairs, training.formatted(true));
    Map<String, Double> plain = TestRun.rows(folder.resolve("plain")).get(0);
    Map<String, Double> margin = TestRun.rows(folder.resolve("margin")).get(0);
    // Margins are 0, 1 and 2; around equal rewards each costs about half of itself and more.
    assertThat(margin.get("loss") - plain.get("loss")).isBetween(0.4, 1.0);
    assertThat(margin.get("margin")).isEqualTo(plain.get("margin"));
  }

  @Test
  void tiesAndPairsThatTheLimitMadeEqualAreCounted() throws IOException {
    String row =
        "{\"prompt\":\"room\",\"chosen\":[{\"role\":\"assistant\",\"content\":\"%s\"}],\"rejected\":[{\"role\":\"assistant\",\"content\":\"%s\"}]%s}\n";
    Path file = folder.resolve("odd.jsonl");
    Files.writeString(
        file,
        row.formatted("yes thanks", "no", "")
            + row.formatted("yes please thanks", "no please thanks", "")
            + row.formatted("yes", "no", ",\"outcome\":\"tie\""),
        StandardCharsets.UTF_8);
    TestRun run = new TestRun(folder.resolve("odd"));
    String limit =
        ", max_length: 3, validation_share: 0, test_share: 0, training: {steps: 1, batch_size: 1}";
    assertThat(run(run, model, file, limit))
        .containsEntry("rows", 1)
        .containsEntry("pairs_tied", 1)
        .containsEntry("pairs_identical_after_truncation", 1);
    assertThat(run.warnings())
        .containsExactly(
            "stage: 1 of 3 training pairs dropped, equal after truncation to max_length=3");
    Files.writeString(file, row.formatted("yes please thanks", "no please thanks", ""));
    assertThatThrownBy(() -> run("none-left", model, file, limit))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "none of the 1 training pairs is left (0 ties, 1 identical at max_length=3); raise max_length or look at the data");
  }

  @Test
  void emptyPairsAndAdaptersAreRefused() throws IOException {
    Path empty = Files.createFile(folder.resolve("empty.jsonl"));
    assertThatThrownBy(() -> run("empty", model, empty, ""))
        .isInstanceOf(UserException.class)
        .hasMessage("pairs=%s holds no pair to learn from".formatted(empty));
    Path adapter = Files.createDirectories(folder.resolve("adapter"));
    Files.writeString(adapter.resolve("adapter_config.json"), "{}");
    assertThatThrownBy(() -> run("on-adapter", adapter, pairs, ""))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "model=%s is an adapter; merge it first: plumbline merge --model %s --output DIR"
                .formatted(adapter, adapter));
  }

  @Test
  void configMessagesNameTheKey() {
    assertThatThrownBy(() -> run("config", model, pairs, ", folds: 1"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("reward-model.folds=1 must be 0 or at least 2");
    assertThatThrownBy(() -> run("config", model, pairs, ", center_rewards: -1"))
        .hasMessageContaining("reward-model.center_rewards=-1 must not be negative");
    assertThatThrownBy(
            () -> run("config", model, pairs, ", training: {patience: 2, batch_size: 0}"))
        .hasMessageContaining("training.patience=2 needs training.evaluate_every")
        .hasMessageContaining("training.batch_size=0 must be positive");
  }
}
