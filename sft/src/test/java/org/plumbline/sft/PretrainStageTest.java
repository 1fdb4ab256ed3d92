package org.plumbline.sft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.model.architecture.LoadOptions;
import org.plumbline.model.architecture.ModelBundle;
import org.plumbline.model.safetensors.DType;
import org.plumbline.stage.StoppedException;
import org.plumbline.stage.UserException;
import org.plumbline.testing.TestRun;

/** A new model from texts, and going on with an old one. */
class PretrainStageTest {
  private static final String SIZE =
      "size: {vocab_size: 300, hidden_size: 32, layers: 2, heads: 4, kv_heads: 2, max_positions: 64}";
  private static final String TRAINING =
      "max_length: 12, validation_share: 0.2, training: {steps: 12, batch_size: 8,"
          + " learning_rate: 5e-3, evaluate_every: 6}";

  @TempDir private Path folder;

  private Path texts() throws IOException {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      lines.add(
          "{\"text\":\"guest %d asks for tea and then for room %d, please\"}".formatted(i, i));
    }
    return Files.write(folder.resolve("texts.jsonl"), lines, StandardCharsets.UTF_8);
  }

  @Test
  void aNewModelLearnsAndOpens() throws IOException {
    Path out = folder.resolve("new");
    Map<String, Object> summary =
        new TestRun(out)
            .run(new PretrainStage(), "{data: '%s', %s, %s}".formatted(texts(), SIZE, TRAINING));
    List<Map<String, Double>> rows = TestRun.rows(out);
    // A model that knows nothing starts near log(vocabulary).
    assertThat(rows.get(0).get("loss")).isBetween(Math.log(300) - 0.3, Math.log(300) + 0.3);
    assertThat(rows.get(11).get("eval_loss")).isLessThan(rows.get(0).get("loss") - 0.5);
    assertThat(rows.get(11).get("eval_perplexity"))
        .isEqualTo(Math.exp(rows.get(11).get("eval_loss")));
    assertThat(summary).containsEntry("steps", 12L);
    try (ModelBundle bundle = ModelBundle.open(out, new LoadOptions(DType.F32, false, "cpu"))) {
      assertThat(bundle.model().config().maxPositions()).isEqualTo(64);
      assertThat(bundle.encoder().tokenizer().vocabSize()).isLessThanOrEqualTo(300);
    }
  }

  @Test
  void longTextsAreCutIntoRowsAndAllOfThemAreSeen() throws IOException {
    Path out = folder.resolve("rows");
    Map<String, Object> summary =
        new TestRun(out)
            .run(
                new PretrainStage(),
                ("{data: '%s', %s, packing: false, max_length: 4,"
                        + " training: {epochs: 1, batch_size: 16}}")
                    .formatted(texts(), SIZE));
    double tokens = TestRun.rows(out).stream().mapToDouble(row -> row.get("tokens")).sum();
    double rows = ((Number) summary.get("rows")).doubleValue();
    assertThat(rows).isGreaterThan(90);
    assertThat(tokens / rows).isBetween(2.0, 4.0);
  }

  @Test
  void aStoppedNewModelGoesOnWithEqualBytesAndAnOldOneGoesOnFromItsWeights() throws IOException {
    String yaml = "{data: '%s', %s, %s}".formatted(texts(), SIZE, TRAINING);
    Path whole = folder.resolve("whole");
    new TestRun(whole).run(new PretrainStage(), yaml);
    Path broken = folder.resolve("broken");
    assertThatThrownBy(() -> new TestRun(broken).stoppingAfter(5).run(new PretrainStage(), yaml))
        .isInstanceOf(StoppedException.class);
    new TestRun(broken).run(new PretrainStage(), yaml);
    for (String file : List.of("metrics.jsonl", "model.safetensors", "tokenizer.json")) {
      assertThat(broken.resolve(file)).hasBinaryContent(Files.readAllBytes(whole.resolve(file)));
    }
    Path further = folder.resolve("further");
    new TestRun(further)
        .run(
            new PretrainStage(),
            "{data: '%s', model: '%s', %s}".formatted(texts(), whole, TRAINING));
    double before = TestRun.rows(whole).get(11).get("eval_loss");
    assertThat(TestRun.rows(further).get(11).get("eval_loss")).isLessThan(before);
  }

  @Test
  void noTextIsRefused() throws IOException {
    Path empty = Files.createFile(folder.resolve("empty.jsonl"));
    assertThatThrownBy(
            () ->
                new TestRun(folder.resolve("none"))
                    .run(new PretrainStage(), "{data: '%s'}".formatted(empty)))
        .isInstanceOf(UserException.class)
        .hasMessage("data=%s holds no text to learn from".formatted(empty));
  }
}
