package org.plumbline.sft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.model.JsonFiles;
import org.plumbline.model.ModelFormatException;
import org.plumbline.model.architecture.ModelBundle;
import org.plumbline.model.chat.ChatEncoder;
import org.plumbline.model.chat.ChatMessage;
import org.plumbline.model.chat.ChatTemplates;
import org.plumbline.model.config.GenerationConfig;
import org.plumbline.model.config.TransformerConfig;
import org.plumbline.stage.config.ConfigException;
import org.plumbline.stage.config.ConfigReader;
import org.plumbline.stage.config.LocatedYaml;
import org.plumbline.testing.TestRun;

/** {@code template}: what a stage learns by and leaves, and what it refuses. */
class SftTemplateTest {
  private static final String ZEPHYR = "<|user|>\nMay I?<|im_end|>\n<|assistant|>\n";

  @TempDir private Path folder;
  private Path model;
  private Path data;

  @BeforeEach
  void make() throws IOException {
    model = TinyModel.write(folder.resolve("model"));
    data = TinyModel.demonstrations(folder.resolve("data.jsonl"), 20);
    Files.delete(model.resolve("chat_template.jinja"));
    Path config = model.resolve("tokenizer_config.json");
    JsonFiles.write(config, JsonFiles.read(config).without("chat_template"));
  }

  private TestRun run(String name, String more) throws IOException {
    TestRun run = new TestRun(folder.resolve(name));
    run.run(
        new SftStage(),
        "{model: '%s', data: '%s', training: {steps: 2, batch_size: 4}%s}"
            .formatted(model, data, more));
    return run;
  }

  private static String asked(Path result) {
    try (ChatEncoder encoder = ModelBundle.encoder(result)) {
      return encoder.tokenizer().decode(encoder.prompt(List.of(ChatMessage.user("May I?"))), false);
    }
  }

  @Test
  void bothKindsOfResultCarryIt() throws IOException {
    assertThat(asked(model)).startsWith("<|im_start|>");
    for (String method : List.of("full", "lora")) {
      TestRun run = run(method, ", template: zephyr, method: " + method);
      assertThat(folder.resolve(method).resolve("tokenizer.json")).isRegularFile();
      assertThat(ChatTemplates.hasOwn(folder.resolve(method))).isTrue();
      assertThat(asked(folder.resolve(method))).isEqualTo(ZEPHYR);
      assertThat(run.said())
          .contains(
              "stage: chat template zephyr, written beside the tokenizer; the model had none");
    }
    assertThat(ChatTemplates.hasOwn(model)).isFalse();
  }

  @Test
  void whatIsLearnedIsSpelledByIt() throws IOException {
    SftStage stage = new SftStage();
    for (String name : List.of("zephyr", "alpaca")) {
      SftConfig config =
          ConfigReader.read(
              SftConfig.class,
              LocatedYaml.parse(
                  "test", "{model: '%s', data: '%s', template: %s}".formatted(model, data, name)),
              "sft");
      String row =
          stage.check(config, Path::of, 7).shown().get(0).tokens().stream()
              .map(token -> token.text())
              .reduce("", String::concat);
      assertThat(row).contains(name.equals("zephyr") ? "<|assistant|>" : "### Response:");
    }
  }

  @Test
  void newTokensMayBeThoseOfTheTemplate() throws IOException {
    assertThatThrownBy(() -> run("without", ", template: internlm"))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageContaining("new_tokens: [\"<eoa>\"]");
    run("with", ", template: internlm, new_tokens: [<eoa>]");
    Path result = folder.resolve("with");
    try (ChatEncoder encoder = ModelBundle.encoder(result)) {
      int end = encoder.tokenizer().idOf("<eoa>").orElseThrow();
      assertThat(encoder.stopIds()).contains(end);
      assertThat(GenerationConfig.read(result, TransformerConfig.read(result)).eos()).contains(end);
    }
  }

  @Test
  void anotherTemplateGivesWayOnlyWhenAskedFor() throws IOException {
    run("first", ", template: vicuna");
    model = folder.resolve("first");
    assertThat(run("again", ", template: vicuna").said())
        .contains("stage: chat template vicuna, as the model has it already");
    assertThatThrownBy(() -> run("refused", ", template: zephyr"))
        .hasMessageContaining("has the built-in template vicuna")
        .hasMessageContaining("replace_template: true");
    assertThatThrownBy(
            () ->
                new SftStage()
                    .validate(
                        ConfigReader.read(
                            SftConfig.class,
                            LocatedYaml.parse(
                                "test",
                                "{model: '%s', data: '%s', template: zephyr}"
                                    .formatted(model, data)),
                            "sft"),
                        new TestRun(folder.resolve("validated"))))
        .hasMessageContaining("replace_template: true");
    assertThat(run("replaced", ", template: zephyr, replace_template: true").said())
        .contains("stage: chat template zephyr, which replaces the built-in template vicuna");
    assertThat(asked(folder.resolve("replaced"))).isEqualTo(ZEPHYR);
  }

  @Test
  void anUnknownNameIsRefusedWithAllNames() {
    assertThatThrownBy(() -> run("bad", ", template: chatlm"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(
            "sft.template=chatlm must be one of llama-2, alpaca, vicuna, zephyr, chatml, internlm; did you mean chatml?");
    assertThatThrownBy(() -> run("bad", ", replace_template: true"))
        .hasMessageContaining("sft.replace_template=true needs the template's name, sft.template");
  }

  @Test
  void underscoresDo() throws IOException {
    run("underscore", ", template: llama_2");
    assertThat(asked(folder.resolve("underscore"))).isEqualTo("[INST] May I? [/INST]");
  }
}
