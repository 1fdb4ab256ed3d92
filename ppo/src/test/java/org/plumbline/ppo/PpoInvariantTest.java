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
          + " kl: {beta: 0.1, target: 0.5, horizon: 50, estimator: k3}, checkpoint_every: %d";

  @TempDir private static Path folder;
  private static TinyWorld world;

  @BeforeAll
  static void write() throws IOException {
    world = TinyWorld.write(folder);
  }

  private static Path run(String name, String more) throws IOException {
    Path directory = folder.resolve(name);
    new TestRun(directory).run(new PpoStage(), world.yaml(more));
    return directory;
  }

  @Test
  void eightPartsOfOneReplyEqualOnePartOfEight() throws IOException {
    String more =
        ", updates: 1, epochs: 2, learning_rate: 0.05, optimizer: {kind: sgd}, micro_batch_size: ";
    Path whole = run("whole", more + 0);
    Path parts = run("parts", more + 1);
    Map<String, Double> wanted = TestRun.rows(whole).get(0);
    TestRun.rows(parts)
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
    assertSameBytes(run("first", RICH.formatted(0)), run("second", RICH.formatted(0)));
  }

  @Test
  void aStoppedRunGoesOnAsIfNothingHadHappened() throws IOException {
    Path whole = run("unbroken", RICH.formatted(0));
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
    assertSameBytes(whole, broken);
  }

  @Test
  void aKilledRunWithItsValueModelOnThePolicyGoesOnFromItsCheckpoint() throws IOException {
    String more = RICH.formatted(1) + ", value: policy";
    Path whole = run("unkilled", more);
    Path killed = folder.resolve("killed");
    assertThatThrownBy(
            () -> new TestRun(killed).dyingAt(2).run(new PpoStage(), world.yaml(more)))
        .hasMessage("killed at step 2");
    assertThat(TestRun.rows(killed)).hasSize(2);
    new TestRun(killed).run(new PpoStage(), world.yaml(more));
    assertSameBytes(whole, killed);
  }

  @Test
  void theFirstUpdateStartsAtTheReferenceAndTheCoefficientFollowsTheController()
      throws IOException {
    List<Map<String, Double>> rows = TestRun.rows(run("steered", RICH.formatted(0)));
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

  private static void assertSameBytes(Path first, Path second) throws IOException {
    for (String file : FILES) {
      assertThat(second.resolve(file))
          .hasBinaryContent(Files.readAllBytes(first.resolve(file)));
    }
  }
}
