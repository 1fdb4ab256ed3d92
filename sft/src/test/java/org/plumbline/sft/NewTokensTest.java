package org.plumbline.sft;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.model.architecture.LoadOptions;
import org.plumbline.model.architecture.ModelBundle;
import org.plumbline.model.safetensors.WeightFolder;
import org.plumbline.model.tokenizer.TextTokenizer;
import org.plumbline.testing.TestRun;

/** {@code new_tokens}: in the tokenizer and the embeddings of what the stage leaves. */
class NewTokensTest {
  @TempDir private static Path folder;
  private static Path model;
  private static Path data;
  private static int before;

  @BeforeAll
  static void make() throws IOException {
    model = TinyModel.write(folder.resolve("model"));
    data = TinyModel.demonstrations(folder.resolve("data.jsonl"), 20);
    try (TextTokenizer tokenizer = TextTokenizer.open(model)) {
      before = tokenizer.vocabSize();
    }
  }

  private static TestRun run(String name, String more) throws IOException {
    TestRun run = new TestRun(folder.resolve(name));
    run.run(
        new SftStage(),
        "{model: '%s', data: '%s', new_tokens: [<note>, </note>], training: {steps: 2, batch_size: 4}%s}"
            .formatted(model, data, more));
    return run;
  }

  private static void holdsThem(Path result) {
    try (ModelBundle bundle = ModelBundle.open(result, LoadOptions.frozen())) {
      assertThat(bundle.encoder().tokenizer().vocabSize()).isEqualTo(before + 2);
      assertThat(bundle.model().config().vocabSize()).isGreaterThanOrEqualTo(before + 2);
      assertThat(bundle.encoder().tokenizer().encode("<note>", false)).containsExactly(before);
    }
  }

  @Test
  void aWholeModelIsSavedWithThem() throws IOException {
    TestRun run = run("full", "");
    holdsThem(folder.resolve("full"));
    assertThat(run.warnings()).noneMatch(warning -> warning.contains("new_tokens"));
  }

  @Test
  void modulesToSaveTrainThem() throws IOException {
    TestRun run = run("whole", ", method: lora, modules_to_save: [embed_tokens, lm_head]");
    holdsThem(folder.resolve("whole"));
    assertThat(run.warnings()).noneMatch(warning -> warning.contains("new_tokens"));
    String table = "model.embed_tokens.weight";
    try (WeightFolder base = WeightFolder.open(model);
        WeightFolder trained = WeightFolder.open(folder.resolve("whole"), "adapter_model")) {
      assertThat(trained.contains("base_model.model.lm_head.weight")).isTrue();
      assertThat(trained.readFloats("base_model.model." + table))
          .isNotEqualTo(base.readFloats(table));
    }
  }

  @Test
  void anAdapterCarriesThemAndSaysThatTheyAreNotTrained() throws IOException {
    TestRun run = run("lora", ", method: lora");
    holdsThem(folder.resolve("lora"));
    assertThat(run.warnings()).anyMatch(warning -> warning.contains("does not train"));
  }
}
