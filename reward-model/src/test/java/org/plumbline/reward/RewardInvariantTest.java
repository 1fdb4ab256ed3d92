package org.plumbline.reward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.plumbline.testing.FloatAssert.assertNumbers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.data.Message;
import org.plumbline.data.Prompt;
import org.plumbline.model.architecture.ModelBundle;
import org.plumbline.model.safetensors.SafetensorsFile;
import org.plumbline.stage.StoppedException;
import org.plumbline.testing.TestRun;

/** What must hold for any reward model and its training. */
@Tag("invariant")
class RewardInvariantTest {
  @TempDir private static Path folder;
  private static Path model;
  private static Path pairs;
  private static Path scorer;

  @BeforeAll
  static void write() throws IOException {
    model = TinyModel.write(folder.resolve("model"));
    pairs = TinyModel.pairs(folder.resolve("pairs.jsonl"), 40);
    scorer = run("scorer", yaml("lora", 0, 0, ""));
  }

  private static String yaml(String method, int micro, int checkpoints, String more) {
    return ("{model: '%s', pairs: '%s', method: %s, lora: {rank: 4, alpha: 8, dropout: %s}, use_margin: true,"
            + " center_rewards: 0.01, validation_share: 0.2, test_share: 0.2%s, training: {steps: 6,"
            + " batch_size: 8, micro_batch_size: %d, learning_rate: 0.02, optimizer: {kind: sgd, momentum: 0.9},"
            + " evaluate_every: 2, checkpoint_every: %d}}")
        .formatted(
            model, pairs, method, method.equals("lora") ? "0.1" : "0", more, micro, checkpoints);
  }

  private static Path run(String name, String yaml) throws IOException {
    Path directory = folder.resolve(name);
    new TestRun(directory).run(new RewardStage(), yaml);
    return directory;
  }

  @Test
  void eightPartsOfOnePairEqualOnePartOfEight() throws IOException {
    Path whole = run("whole", yaml("full", 0, 0, ""));
    Path parts = run("parts", yaml("full", 1, 0, ""));
    List<Map<String, Double>> wanted = TestRun.rows(whole);
    List<Map<String, Double>> found = TestRun.rows(parts);
    assertThat(found).hasSize(6);
    for (int i = 0; i < 6; i++) {
      Map<String, Double> want = wanted.get(i);
      found.get(i).forEach((k, v) -> assertThat(v).as(k).isCloseTo(want.get(k), within(1e-5)));
    }
    try (SafetensorsFile one = SafetensorsFile.open(whole.resolve("model.safetensors"));
        SafetensorsFile eight = SafetensorsFile.open(parts.resolve("model.safetensors"))) {
      assertThat(one.tensors()).containsKey("score.weight");
      for (String name : one.tensors().keySet()) {
        assertNumbers(eight.readFloats(name)).as(name).isCloseTo(one.readFloats(name), 1e-5, 0);
      }
    }
  }

  @Test
  void aStoppedRunGoesOnAsIfNothingHadHappened() throws IOException {
    Path whole = run("unbroken", yaml("full", 4, 0, ""));
    Path broken = folder.resolve("broken");
    for (int stop : new int[] {1, 2}) {
      assertThatThrownBy(
              () ->
                  new TestRun(broken)
                      .stoppingAfter(stop)
                      .run(new RewardStage(), yaml("full", 4, 0, "")))
          .isInstanceOf(StoppedException.class);
    }
    new TestRun(broken).run(new RewardStage(), yaml("full", 4, 0, ""));
    assertSameBytes(whole, broken, "metrics.jsonl");
    assertSameBytes(whole, broken, "model.safetensors");
  }

  @Test
  void aRunWithFoldsKilledInTheSecondGoesOnThere() throws IOException {
    String yaml = yaml("lora", 4, 2, ", folds: 2");
    Path whole = folder.resolve("folds");
    Map<String, Object> wanted = new TestRun(whole).run(new RewardStage(), yaml);
    Path killed = folder.resolve("folds-killed");
    assertThatThrownBy(() -> new TestRun(killed).stoppingAfter(9).run(new RewardStage(), yaml))
        .isInstanceOf(StoppedException.class)
        .hasMessageContaining("stage.fold-2 stopped at step 3 of 6");
    byte[] first = Files.readAllBytes(killed.resolve("fold-1/result.json"));
    Map<String, Object> found = new TestRun(killed).run(new RewardStage(), yaml);
    assertThat(found).isEqualTo(wanted);
    assertThat(killed.resolve("fold-1/result.json")).hasBinaryContent(first);
    assertThat(found).containsEntry("out_of_fold_pairs", 40L);
    assertSameBytes(whole, killed, "fold-2/result.json");
    assertThat(killed.resolve("fold-2").toFile().list()).containsExactly("result.json");
    assertSameBytes(whole, killed, "metrics.jsonl");
    assertSameBytes(whole, killed, "adapter_model.safetensors");
  }

  @Test
  void scoresDoNotDependOnNeighboursNorOnPadding() throws IOException {
    List<Prompt> prompts = new ArrayList<>();
    List<String> replies = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      prompts.add(
          new Prompt("p" + i, List.of(new Message(Message.USER, TinyModel.words(11 * i + 2)))));
      replies.add(i == 4 ? "" : TinyModel.words(i * 4 + 1));
    }
    double[] alone = scores(1, prompts, replies);
    double[] together = scores(32, prompts, replies);
    assertNumbers(together).isCloseTo(alone, 1e-5, 0);
    assertThat(alone[0]).isNotEqualTo(alone[1]);
  }

  @Test
  void aLongPromptIsCutFromItsLeft() throws IOException {
    List<Prompt> prompts =
        List.of(
            new Prompt("a", List.of(new Message(Message.USER, "no tea no tea late key"))),
            new Prompt("b", List.of(new Message(Message.USER, "yes room yes room late key"))));
    List<String> replies = List.of("sure", "sure");
    try (ModelBundle bundle = ModelBundle.open(scorer, TinyModel.FROZEN)) {
      double[] cut = new RewardModel(bundle, 8, 1).score(prompts, replies);
      double[] whole = new RewardModel(bundle, 64, 1).score(prompts, replies);
      assertThat(cut[0]).isEqualTo(cut[1]);
      assertThat(whole[0]).isNotEqualTo(whole[1]);
    }
  }

  private static double[] scores(int batch, List<Prompt> prompts, List<String> replies) {
    try (RewardModel reward =
        new RewardModel(ModelBundle.open(scorer, TinyModel.FROZEN), 64, batch)) {
      return reward.score(prompts, replies);
    }
  }

  private static void assertSameBytes(Path first, Path second, String file) throws IOException {
    assertThat(second.resolve(file)).hasBinaryContent(Files.readAllBytes(first.resolve(file)));
  }
}
