package org.plumbline.sft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.plumbline.data.Demonstration;
import org.plumbline.model.architecture.LoadOptions;
import org.plumbline.model.architecture.ModelBundle;
import org.plumbline.model.chat.EncodedDialogue;
import org.plumbline.model.safetensors.DType;
import org.plumbline.stage.Json;
import org.plumbline.stage.config.ConfigException;
import org.plumbline.testing.TestRun;
import org.plumbline.training.ModelArtifacts;
import org.plumbline.training.TuningMethod;

/** The stage with each tuning method, from the recipe's keys to the folder that is left. */
@Tag("invariant")
class SftMethodsTest {
  private static final LoadOptions FROZEN = new LoadOptions(DType.F32, false, "cpu");

  @TempDir private static Path folder;
  private static Path model;
  private static Path data;

  @BeforeAll
  static void write() throws IOException {
    model = TinyModel.write(folder.resolve("model"));
    data = TinyModel.demonstrations(folder.resolve("data.jsonl"), 24);
  }

  private static String config(String method, String more) {
    return ("{model: '%s', data: '%s', method: %s, validation_share: 0.5, lora: {rank: 4}, adalora: {initial_rank: 4,"
            + " target_rank: 2}, virtual_tokens: {count: 3}, freeze: {layers: 1}%s,"
            + " training: {steps: 2, batch_size: 8, learning_rate: 0.05, keep_best: false, schedule: {kind: constant}}}")
        .formatted(model, data, method, more);
  }

  @ParameterizedTest
  @EnumSource(TuningMethod.class)
  void whatIsLeftIsWhatWasTrained(TuningMethod method) throws IOException {
    Path directory = folder.resolve(method.key());
    Map<String, Object> summary =
        new TestRun(directory).run(new SftStage(), config(method.key(), ""));
    assertThat((Long) summary.get("parameters")).isPositive();
    List<Map<String, Double>> steps = TestRun.rows(directory);
    double after = steps.get(1).get("eval_loss");
    assertThat(after).isNotCloseTo(evaluate(model), within(1e-6));
    // The base that a QLoRA adapter was trained beside is the packed one.
    LoadOptions options = FROZEN.withFourBit(method == TuningMethod.QLORA);
    assertThat(evaluate(directory, options)).isCloseTo(after, within(1e-5));
    if (method != TuningMethod.PREFIX_TUNING) {
      Path again = folder.resolve(method.key() + "-again");
      new TestRun(again)
          .run(new SftStage(), config(method.key(), ", gradient_checkpointing: true"));
      assertThat(evaluate(again, options)).as("checkpointing").isCloseTo(after, within(1e-4));
    }
  }

  /** Beside matrices, virtual tokens and a packed base. */
  @ParameterizedTest
  @EnumSource(
      value = TuningMethod.class,
      names = {"LORA", "QLORA", "PROMPT_TUNING", "IA3"})
  void modulesThatAreTrainedWholeAreLeftToo(TuningMethod method) throws IOException {
    Path directory = folder.resolve(method.key() + "-whole");
    String more = ", modules_to_save: [embed_tokens, lm_head]";
    Map<String, Object> summary =
        new TestRun(directory).run(new SftStage(), config(method.key(), more));
    Path alone = folder.resolve(method.key() + "-alone");
    Map<String, Object> less = new TestRun(alone).run(new SftStage(), config(method.key(), ""));
    assertThat((Long) summary.get("parameters")).isGreaterThan((Long) less.get("parameters"));
    double after = TestRun.rows(directory).get(1).get("eval_loss");
    LoadOptions options = FROZEN.withFourBit(method == TuningMethod.QLORA);
    assertThat(evaluate(directory, options)).isCloseTo(after, within(1e-5));
    assertThat(after).isNotCloseTo(evaluate(alone, options), within(1e-4));
  }

  private static double evaluate(Path directory) throws IOException {
    return evaluate(directory, FROZEN);
  }

  private static double evaluate(Path directory, LoadOptions options) throws IOException {
    List<Demonstration> held = TrainingTexts.demonstrations(data, 0.5, 7).validation();
    try (ModelBundle bundle = ModelBundle.open(directory, options)) {
      List<EncodedDialogue> rows = new ArrayList<>();
      for (Demonstration row : held) {
        rows.add(bundle.encoder().dialogue(ModelArtifacts.messages(row.prompt()), row.answer()));
      }
      return new LanguageModelObjective(bundle.model(), bundle.active(), 4)
          .evaluate(rows)
          .get("loss");
    }
  }

  /** Whatever evaluation was best, the folder keeps to the budget. */
  @Test
  void bestWeightsOfAdaLoraHaveTheFinalRanks() throws IOException {
    Path directory = folder.resolve("budget");
    String config =
        config("adalora", "")
            .replace("steps: 2", "steps: 10, evaluate_every: 1")
            .replace("keep_best: false", "keep_best: true")
            .replace("learning_rate: 0.05", "learning_rate: 0.7");
    Map<String, Object> summary = new TestRun(directory).run(new SftStage(), config);
    JsonNode ranks = Json.read(directory.resolve("adapter_config.json")).path("rank_pattern");
    int kept = 0;
    for (JsonNode module : ranks) {
      for (JsonNode rank : module) {
        kept += rank.asBoolean() ? 1 : 0;
      }
    }
    assertThat(kept).isPositive().isLessThanOrEqualTo(2 * ranks.size());
    assertThat((Long) summary.get("best_step")).isGreaterThan(7);
  }

  @Test
  void packingHasNoPlaceForVirtualTokens() {
    for (String method : List.of("prompt-tuning", "prefix-tuning", "p-tuning")) {
      assertThatThrownBy(
              () ->
                  new TestRun(folder.resolve("packed"))
                      .run(new SftStage(), config(method, ", packing: true")))
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining(
              "sft.packing=true has no place for virtual tokens in front of each row; remove one");
    }
  }
}
