package org.plumbline.sft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.data.Demonstration;
import org.plumbline.data.format.DemonstrationReader;
import org.plumbline.model.chat.ChatEncoder;
import org.plumbline.model.chat.EncodedDialogue;
import org.plumbline.stage.config.ConfigException;
import org.plumbline.testing.TestRun;

/** Which tokens carry loss, role by role, and that the end of an answer is among them. */
class LossMaskTest {
  private static final String TURNS =
      "{\"messages\":[{\"role\":\"system\",\"content\":\"be kind\"},"
          + "{\"role\":\"user\",\"content\":\"tea please\"},"
          + "{\"role\":\"assistant\",\"content\":\"sure\"},%s"
          + "{\"role\":\"user\",\"content\":\"the key\"},"
          + "{\"role\":\"assistant\",\"content\":\"no room\"}]}";
  private static final String TOOL = "{\"role\":\"tool\",\"content\":\"late early\"},";

  @TempDir private static Path folder;
  private static ChatEncoder encoder;

  @BeforeAll
  static void open() throws IOException {
    encoder = ChatEncoder.open(TinyModel.write(folder.resolve("model")));
  }

  @AfterAll
  static void close() {
    encoder.close();
  }

  private static Demonstration row(String json) throws IOException {
    Path file = Files.writeString(folder.resolve("row.jsonl"), json, StandardCharsets.UTF_8);
    return DemonstrationReader.read(file).rows().get(0);
  }

  private static String learned(String json, TrainOn trainOn, String... roles) throws IOException {
    Set<String> named = roles.length == 0 ? Set.of("assistant") : Set.of(roles);
    return learned(new DemonstrationEncoder(encoder, trainOn, named).encode(row(json)).whole());
  }

  /** The text of the runs that carry loss, between bars. */
  private static String learned(EncodedDialogue row) {
    StringBuilder text = new StringBuilder();
    for (int t = 0; t < row.length(); t++) {
      boolean begins = row.loss()[t] && (t == 0 || !row.loss()[t - 1]);
      text.append(begins ? "|" : "");
      text.append(row.loss()[t] ? encoder.tokenizer().decode(new int[] {row.ids()[t]}, false) : "");
    }
    return text.append("|").toString();
  }

  @Test
  void theLastAnswerAllAnswersOrAllOfTheText() throws IOException {
    String row = TURNS.formatted("");
    assertThat(learned(row, TrainOn.LAST_ANSWER)).isEqualTo("|no room<|im_end|>|");
    assertThat(learned(row, TrainOn.ALL_ANSWERS)).isEqualTo("|sure<|im_end|>|no room<|im_end|>|");
    assertThat(learned(row, TrainOn.TEXT))
        .isEqualTo(
            "|<|im_start|>system\nbe kind<|im_end|>\n<|im_start|>user\ntea please<|im_end|>\n"
                + "<|im_start|>assistant\nsure<|im_end|>\n<|im_start|>user\nthe key<|im_end|>\n"
                + "<|im_start|>assistant\nno room<|im_end|>\n|");
  }

  @Test
  void rolesAreSwitchedOneByOne() throws IOException {
    String row = TURNS.formatted("");
    assertThat(learned(row, TrainOn.ALL_ANSWERS, "user", "assistant"))
        .isEqualTo("|tea please<|im_end|>|sure<|im_end|>|the key<|im_end|>|no room<|im_end|>|");
    assertThat(learned(row, TrainOn.LAST_ANSWER, "user")).isEqualTo("|the key<|im_end|>|");
  }

  @Test
  void whatAToolAnswersIsNeverLearned() throws IOException {
    String row = TURNS.formatted(TOOL);
    for (TrainOn trainOn : TrainOn.values()) {
      assertThat(learned(row, trainOn)).doesNotContain("late", "early", "tool");
    }
    assertThat(learned(row, TrainOn.TEXT))
        .isEqualTo(
            "|be kind<|im_end|>|tea please<|im_end|>|sure<|im_end|>|the key<|im_end|>|no room<|im_end|>|");
    assertThatThrownBy(
            () ->
                new TestRun(folder.resolve("roles"))
                    .run(new SftStage(), "{model: a, data: b, roles: [assistant, tool]}"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(
            "sft.roles=[assistant, tool] holds tool: results of tools are not written by the model");
    assertThatThrownBy(
            () ->
                new TestRun(folder.resolve("roles"))
                    .run(new SftStage(), "{model: a, data: b, roles: [user], train_on: text}"))
        .hasMessageContaining("sft.roles=[user] is not read with train_on: text; remove it");
  }

  @Test
  void plainTextIsLearnedWholeWithoutATemplate() throws IOException {
    for (TrainOn trainOn : TrainOn.values()) {
      assertThat(learned("{\"text\":\"tea room\"}", trainOn)).isEqualTo("|tea room<|im_end|>|");
      assertThat(learned("{\"prompt\":\"tea\",\"completion\":\" room\"}", trainOn))
          .endsWith(" room<|im_end|>|");
    }
  }

  @Test
  void thePromptIsCutFirstWhateverIsLearned() throws IOException {
    String row = TURNS.formatted("");
    int answer = encoder.tokenizer().encode("no room<|im_end|>", false).length;
    for (TrainOn trainOn : TrainOn.values()) {
      MaskedRow masked =
          new DemonstrationEncoder(encoder, trainOn, Set.of("assistant")).encode(row(row));
      EncodedDialogue fitted = masked.fitted(answer + 1);
      assertThat(fitted.length()).isEqualTo(answer + 1);
      assertThat(encoder.tokenizer().decode(fitted.ids(), false)).endsWith("no room<|im_end|>");
      assertThat(LanguageModelObjective.lossTokens(fitted)).isEqualTo(answer);
      assertThat(masked.isCutAt(answer + 1)).isFalse();
      assertThat(masked.isCutAt(answer - 1)).isTrue();
      assertThat(masked.fitted(1000).ids()).isEqualTo(masked.whole().ids());
    }
  }

  @Test
  void endsThatAreLearnedAreCounted() throws IOException {
    Path data = TinyModel.demonstrations(folder.resolve("data.jsonl"), 20);
    Path model = folder.resolve("model");
    TestRun run = new TestRun(folder.resolve("counted"));
    Map<String, Object> summary =
        run.run(
            new SftStage(),
            "{model: '%s', data: '%s', validation_share: 0, packing: true, max_length: 128, training: {steps: 1, batch_size: 8}}"
                .formatted(model, data));
    assertThat(summary).containsEntry("eos_trained", 20L).containsEntry("rows_without_loss", 0);
    assertThat(TestRun.rows(folder.resolve("counted")).get(0)).containsEntry("eos_trained", 8.0);
    assertThat(run.warnings()).isEmpty();
  }

  @Test
  void aModelThatWouldNeverLearnToStopIsSaid() throws IOException {
    Path data = TinyModel.demonstrations(folder.resolve("ends.jsonl"), 20);
    Path model = TinyModel.write(folder.resolve("endless"));
    Files.writeString(
        model.resolve("chat_template.jinja"),
        "{% for message in messages %}{{ message['role'] + ': ' + message['content'] + '\\n' }}{% endfor %}"
            + "{% if add_generation_prompt %}{{ 'assistant: ' }}{% endif %}");
    TestRun run = new TestRun(folder.resolve("endless-run"));
    Map<String, Object> summary =
        run.run(
            new SftStage(),
            "{model: '%s', data: '%s', validation_share: 0, training: {steps: 1, batch_size: 8}}"
                .formatted(model, data));
    assertThat(summary).containsEntry("eos_trained", 0L);
    assertThat(run.warnings())
        .singleElement()
        .asString()
        .startsWith(
            "stage: EOS is never trained in 20 rows, so the model will not learn to stop. Likely cause: the template does not write <|im_end|>");
    assertThat(TestRun.rows(folder.resolve("endless-run")).get(0))
        .containsEntry("eos_trained", 0.0);
  }
}
