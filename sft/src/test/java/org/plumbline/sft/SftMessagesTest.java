package org.plumbline.sft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.stage.UserException;
import org.plumbline.stage.config.ConfigException;
import org.plumbline.testing.TestRun;

/** What a user is told when model, data and lengths do not fit. */
class SftMessagesTest {
  @TempDir private static Path folder;
  private static Path model;
  private static Path data;

  @BeforeAll
  static void write() throws IOException {
    model = TinyModel.write(folder.resolve("model"));
    data = TinyModel.demonstrations(folder.resolve("data.jsonl"), 20);
  }

  private static Map<String, Object> run(TestRun run, Path from, Path rows, String more)
      throws IOException {
    return run.run(
        new SftStage(),
        "{model: '%s', data: '%s', training: {steps: 1, batch_size: 4}%s}"
            .formatted(from, rows, more));
  }

  private static TestRun fresh(String name) {
    return new TestRun(folder.resolve(name));
  }

  @Test
  void anEmptyDatasetIsRefused() throws IOException {
    Path empty = Files.createFile(folder.resolve("empty.jsonl"));
    assertThatThrownBy(() -> run(fresh("empty"), model, empty, ""))
        .isInstanceOf(UserException.class)
        .hasMessage("data=%s holds no demonstration to learn from".formatted(empty));
  }

  @Test
  void aFolderWithoutTextsIsRefused() throws IOException {
    Path other = Files.createDirectories(folder.resolve("other"));
    assertThatThrownBy(() -> run(fresh("no-texts"), model, other, ""))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "%s holds no demonstrations.train.jsonl and no pairs.train.jsonl; needed: a sample-world or preferences artifact, or a .jsonl file"
                .formatted(other));
  }

  @Test
  void anAdapterIsNoStart() throws IOException {
    Path adapter = Files.createDirectories(folder.resolve("adapter"));
    Files.writeString(adapter.resolve("adapter_config.json"), "{}");
    assertThatThrownBy(() -> run(fresh("on-adapter"), adapter, data, ""))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "model=%s is an adapter; merge it first: plumbline merge --model %s --output DIR"
                .formatted(adapter, adapter));
  }

  @Test
  void aLimitThatCutsMostAnswersIsRefused() throws IOException {
    assertThatThrownBy(() -> run(fresh("tight"), model, data, ", max_length: 3"))
        .isInstanceOf(UserException.class)
        .hasMessageMatching(
            "(\\d+) of \\1 answers are truncated at max_length=3, their prompts to nothing; such a model never learns to end\\. Raise max_length");
  }

  @Test
  void aFewCutAnswersAreCountedAndSaid() throws IOException {
    Path mixed = folder.resolve("mixed.jsonl");
    Files.writeString(
        mixed,
        Files.readString(data)
            + "{\"prompt\": \"p\", \"completion\": \"%s\"}\n".formatted("long ".repeat(200)));
    TestRun run = fresh("mixed");
    assertThat(run(run, model, mixed, ", max_length: 64, validation_share: 0"))
        .containsEntry("answers_cut", 1);
    assertThat(run.warnings()).singleElement().asString().contains("1 of", "lose their end");
  }

  @Test
  void configMessagesNameTheKey() {
    assertThatThrownBy(() -> run(fresh("config"), model, data, ", max_length: 1"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("sft.max_length=1 must be at least 2");
    assertThatThrownBy(() -> run(fresh("config"), model, data, ", validation_share: 1"))
        .hasMessageContaining("sft.validation_share=1 must be at least 0 and below 1");
    assertThatThrownBy(() -> new NewModelConfig(300, 30, 0, 1, 4, 0, 8))
        .hasMessage("size.heads=4 does not divide size.hidden_size=30");
    assertThatThrownBy(() -> new NewModelConfig(300, 32, 0, 1, 4, 3, 8))
        .hasMessage("size.kv_heads=3 does not divide size.heads=4");
    assertThatThrownBy(() -> new NewModelConfig(259, 32, 0, 1, 4, 0, 8))
        .hasMessage("size.vocab_size=259 must be at least 260");
  }
}
