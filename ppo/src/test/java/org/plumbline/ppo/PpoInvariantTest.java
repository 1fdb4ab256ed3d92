package org.plumbline.ppo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.plumbline.testing.FloatAssert.assertNumbers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.model.safetensors.SafetensorsFile;
import org.plumbline.stage.StoppedException;
import org.plumbline.testing.TestRun;

/** What must hold for any PPO run: parts, repeats, stops and kills change nothing. */
@Tag("invariant")
class PpoInvariantTest {
  private static final List<String> FILES =
      List.of(
          "metrics.jsonl",
          "samples.jsonl",
          "adapter_model.safetensors",
          "value/adapter_model.safetensors");

  /** Adaptive KL, whitening, minibatches: every piece of state that a checkpoint must hold. */
  private static final String RICH =
      ", updates: 4, minibatches: 2, epochs: 2, micro_batch_size: 3, learning_rate: 1e-2,"
          + " whiten_rewards: true, missing_end_penalty: 1, evaluate_every: 2, gamma: 0.99,"
          + " temperature: 0.7,"
          + " kl: {beta: 0.1, target: 0.5, horizon: 50, estimator: k3}, checkpoint_every: %d";

  @TempDir private static Path folder;
  private static TinyWorld world;
  private static Path unbroken;

  @BeforeAll
  static void write() throws IOException {
    world = TinyWorld.write(folder);
    unbroken = run("unbroken", RICH.formatted(0));
  }

  private static Path run(String name, String more) throws IOException {
    Path directory = folder.resolve(name);
    new TestRun(directory).run(new PpoStage(), world.yaml(more));
    return directory;
  }

  /** Rows of the updates; row 0 holds the evaluation before them. */
  private static List<Map<String, Double>> updates(Path directory) throws IOException {
    List<Map<String, Double>> rows = TestRun.rows(directory);
    assertThat(rows.get(0)).containsEntry("step", 0.0).containsKey("eval/scores");
    return rows.subList(1, rows.size());
  }

  @Test
  void eightPartsOfOneReplyEqualOnePartOfEight() throws IOException {
    String more =
        ", updates: 1, epochs: 2, learning_rate: 0.05, optimizer: {kind: sgd}, micro_batch_size: ";
    Path whole = run("whole", more + 0);
    Path parts = run("parts", more + 1);
    Map<String, Double> wanted = updates(whole).get(0);
    updates(parts)
        .get(0)
        .forEach((k, v) -> assertThat(v).as(k).isCloseTo(wanted.get(k), within(1e-5)));
    for (String file : FILES.subList(2, 4)) {
      try (SafetensorsFile one = SafetensorsFile.open(whole.resolve(file));
          SafetensorsFile eight = SafetensorsFile.open(parts.resolve(file))) {
        for (String name : one.tensors().keySet()) {
          assertNumbers(eight.readFloats(name)).as(name).isCloseTo(one.readFloats(name), 1e-5, 0);
        }
      }
    }
  }

  @Test
  void equalSeedsGiveEqualBytes() throws IOException {
    assertSameBytes(unbroken, run("second", RICH.formatted(0)));
  }

  @Test
  void aStoppedRunGoesOnAsIfNothingHadHappened() throws IOException {
    Path broken = folder.resolve("broken");
    for (int stop : new int[] {1, 2}) {
      assertThatThrownBy(
              () ->
                  new TestRun(broken)
                      .stoppingAfter(stop)
                      .run(new PpoStage(), world.yaml(RICH.formatted(0))))
          .isInstanceOf(StoppedException.class)
          .hasMessage(
              "stage stopped at update %d of 4; the same command goes on from there"
                  .formatted(stop == 1 ? 1 : 3));
    }
    new TestRun(broken).run(new PpoStage(), world.yaml(RICH.formatted(0)));
    assertSameBytes(unbroken, broken);
  }

  @Test
  void aKilledRunWithItsValueModelOnThePolicyGoesOnFromItsCheckpoint() throws IOException {
    String more = RICH.formatted(1) + ", value: policy";
    Path whole = run("unkilled", more);
    Path killed = folder.resolve("killed");
    assertThatThrownBy(() -> new TestRun(killed).dyingAt(2).run(new PpoStage(), world.yaml(more)))
        .hasMessage("killed at step 2");
    assertThat(updates(killed)).hasSize(2);
    new TestRun(killed).run(new PpoStage(), world.yaml(more));
    assertSameBytes(whole, killed);
  }

  @Test
  void theFirstUpdateStartsAtTheReferenceAndTheCoefficientFollowsTheController()
      throws IOException {
    List<Map<String, Double>> rows = updates(unbroken);
    assertThat(rows).hasSize(4);
    assertThat(rows.get(0).get("objective/kl")).isCloseTo(0, within(1e-4));
    assertThat(rows.get(3).get("objective/kl_k3")).isPositive();
    KlController kl = new AdaptiveKl(0.1, 0.5, 50);
    for (Map<String, Double> row : rows) {
      assertThat(row.get("objective/kl_coef")).isCloseTo(kl.beta(), within(1e-12));
      kl = kl.observe(row.get("objective/kl"), 8);
    }
    assertThat(rows.get(1)).containsKeys("eval/scores", "eval/kl", "eval/response_length");
    assertThat(rows.get(0)).doesNotContainKey("eval/scores");
  }

  /**
   * With V = 0 and γ = 0 the returns are the rewards: scores on the last tokens, whitened to unit
   * variance with their mean m kept, so that ½ mean(returns²) = ½ ((n − 1) / n + m²).
   */
  @Test
  void whitenedRewardsReachTheValueLossAndWhitenedAdvantagesThePolicyLoss() throws IOException {
    Path directory =
        run(
            "whitened",
            ", updates: 1, epochs: 1, value: policy, whiten_rewards: true, gamma: 0, kl: {beta: 0}");
    Map<String, Double> row = updates(directory).get(0);
    double tokens = 8 * row.get("response_length");
    double mean = 8 * row.get("objective/scores") / tokens;
    assertThat(row.get("loss/value_avg"))
        .isCloseTo(((tokens - 1) / tokens + mean * mean) / 2, within(1e-5));
    assertThat(row.get("loss/policy_avg")).isCloseTo(0, within(1e-5));
    assertThat(row.get("objective/rlhf_reward")).isEqualTo(row.get("objective/scores"));
  }

  private static void assertSameBytes(Path first, Path second) throws IOException {
    for (String file : FILES) {
      assertThat(second.resolve(file)).hasBinaryContent(Files.readAllBytes(first.resolve(file)));
    }
  }
}
