package org.plumbline.sft;

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

/** What must hold for any SFT run, whatever its numbers. */
@Tag("invariant")
class SftInvariantTest {
  private static final String FULL =
      "{model: '%s', data: '%s', validation_share: 0.25, training: {steps: 6, batch_size: 8,"
          + " micro_batch_size: %d, learning_rate: 0.3, optimizer: {kind: sgd, momentum: 0.9},"
          + " evaluate_every: 2, checkpoint_every: %d}}";
  private static final String LORA =
      "{model: '%s', data: '%s', validation_share: 0.25, method: lora,"
          + " lora: {rank: 4, alpha: 8, dropout: 0.2}, training: {steps: 6, batch_size: 8,"
          + " micro_batch_size: %d, learning_rate: 2e-2, evaluate_every: 2, checkpoint_every: %d}}";

  @TempDir private static Path folder;
  private static Path model;
  private static Path data;

  @BeforeAll
  static void write() throws IOException {
    model = TinyModel.write(folder.resolve("model"));
    data = TinyModel.demonstrations(folder.resolve("data.jsonl"), 40);
  }

  private static String full(int micro, int checkpoints) {
    return FULL.formatted(model, data, micro, checkpoints);
  }

  private static String lora(int micro, int checkpoints) {
    return LORA.formatted(model, data, micro, checkpoints);
  }

  private static Path run(String name, String yaml) throws IOException {
    Path directory = folder.resolve(name);
    new TestRun(directory).run(new SftStage(), yaml);
    return directory;
  }

  @Test
  void eightPartsOfOneRowEqualOnePartOfEight() throws IOException {
    Path whole = run("whole", full(0, 0));
    Path parts = run("parts", full(1, 0));
    List<Map<String, Double>> wanted = TestRun.rows(whole);
    List<Map<String, Double>> found = TestRun.rows(parts);
    assertThat(found).hasSize(6);
    for (int i = 0; i < 6; i++) {
      Map<String, Double> want = wanted.get(i);
      assertThat(found.get(i).keySet()).isEqualTo(want.keySet());
      found.get(i).forEach((k, v) -> assertThat(v).as(k).isCloseTo(want.get(k), within(1e-5)));
    }
    assertThat(wanted.get(5).get("loss")).isLessThan(wanted.get(0).get("loss") - 0.1);
    try (SafetensorsFile one = SafetensorsFile.open(whole.resolve("model.safetensors"));
        SafetensorsFile eight = SafetensorsFile.open(parts.resolve("model.safetensors"))) {
      for (String name : one.tensors().keySet()) {
        assertNumbers(eight.readFloats(name)).as(name).isCloseTo(one.readFloats(name), 1e-5, 0);
      }
    }
  }

  @Test
  void equalSeedsGiveEqualBytes() throws IOException {
    Path first = run("first", lora(4, 0));
    Path second = run("second", lora(4, 0));
    assertSameBytes(first, second, "metrics.jsonl");
    assertSameBytes(first, second, "adapter_model.safetensors");
  }

  @Test
  void aStoppedRunGoesOnAsIfNothingHadHappened() throws IOException {
    Path whole = run("unbroken", full(4, 0));
    Path broken = folder.resolve("broken");
    // The first stop comes before any evaluation, the second between two of them.
    for (int stop : new int[] {1, 2}) {
      assertThatThrownBy(
              () -> new TestRun(broken).stoppingAfter(stop).run(new SftStage(), full(4, 0)))
          .isInstanceOf(StoppedException.class)
          .hasMessageStartingWith("stage stopped at step %d of 6".formatted(stop == 1 ? 1 : 3));
    }
    new TestRun(broken).run(new SftStage(), full(4, 0));
    assertSameBytes(whole, broken, "metrics.jsonl");
    assertSameBytes(whole, broken, "model.safetensors");
  }

  @Test
  void aKilledRunWithAdapterAndDropoutGoesOnFromItsCheckpoint() throws IOException {
    Path whole = run("unkilled", lora(4, 2));
    Path killed = folder.resolve("killed");
    assertThatThrownBy(() -> new TestRun(killed).dyingAt(4).run(new SftStage(), lora(4, 2)))
        .hasMessage("killed at step 4");
    assertThat(TestRun.rows(killed)).hasSize(4);
    new TestRun(killed).run(new SftStage(), lora(4, 2));
    assertSameBytes(whole, killed, "metrics.jsonl");
    assertSameBytes(whole, killed, "adapter_model.safetensors");
  }

  private static void assertSameBytes(Path first, Path second, String file) throws IOException {
    assertThat(second.resolve(file)).hasBinaryContent(Files.readAllBytes(first.resolve(file)));
  }
}
