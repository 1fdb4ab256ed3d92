package org.plumbline.model.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.model.ModelFormatException;
import org.plumbline.model.lora.LoraAdapter;
import org.plumbline.model.safetensors.SafetensorsFile;
import org.plumbline.model.safetensors.WeightFolder;
import org.plumbline.testing.Golden;

/** PEFT's LoRA folders give PEFT's logits, merged weights and, saved again, themselves. */
@Tag("parity")
class LoraParityTest {
  @TempDir Path temporary;

  @TestFactory
  Stream<DynamicTest> logitsAndMergedWeights() {
    return Golden.perDirectory("peft", LoraParityTest::isPlainLora, this::check);
  }

  /** Methods of later issues: none is taken for what it is not. */
  @TestFactory
  Stream<DynamicTest> otherMethodsAreRefusedByName() {
    return Golden.perDirectory(
        "peft",
        folder -> Files.exists(folder.resolve("adapter_config.json")) && !isPlainLora(folder),
        folder -> {
          try (TransformerModel model = TransformerModel.load(base(folder), LoadOptions.frozen())) {
            assertThatThrownBy(() -> model.loadAdapter("golden", folder))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining(folder.getFileName().toString());
          }
        });
  }

  /** LoRA pairs on matrices and nothing else; a head may stand beside them. */
  private static boolean isPlainLora(Path folder) throws IOException {
    if (!Files.exists(folder.resolve("adapter_config.json"))) {
      return false;
    }
    JsonNode config = config(folder);
    try (SafetensorsFile file = SafetensorsFile.open(folder.resolve("adapter_model.safetensors"))) {
      return config.path("peft_type").asText().equals("LORA")
          && file.tensors().keySet().stream()
              .allMatch(
                  name ->
                      name.endsWith(".lora_A.weight")
                          || name.endsWith(".lora_B.weight")
                          || name.equals("base_model.model.score.weight"));
    }
  }

  private static JsonNode config(Path folder) throws IOException {
    return new ObjectMapper().readTree(folder.resolve("adapter_config.json").toFile());
  }

  private static Path base(Path folder) throws IOException {
    return folder.resolve(config(folder).path("base_model_name_or_path").asText()).normalize();
  }

  private void check(Path folder) throws Exception {
    try (TransformerModel model = TransformerModel.load(base(folder), LoadOptions.frozen());
        SafetensorsFile expected = SafetensorsFile.open(folder.resolve("expected.safetensors"))) {
      LoraAdapter adapter = model.loadAdapter("golden", folder);
      List<LoraAdapter> active = List.of(adapter);
      if (expected.tensor("logits").spec().shape().length == 3) {
        compare(expected, GoldenModel.logits(model, rows(expected), active));
        mergesAsPeftDoes(folder, model, active);
        savesItselfAgain(folder, model, adapter, expected);
      } else {
        double[] scores =
            new org.plumbline.model.generation.SequenceScorer(model, 4)
                .scores(rows(expected), active);
        float[] want = expected.readFloats("logits");
        for (int b = 0; b < scores.length; b++) {
          assertThat(scores[b]).isCloseTo(want[b], within(2e-4));
        }
      }
    }
  }

  private static List<int[]> rows(SafetensorsFile expected) {
    return GoldenModel.rows(expected, "input_ids", "attention_mask");
  }

  private static void compare(SafetensorsFile expected, List<float[][]> actual) {
    float[] want = expected.readFloats("logits");
    long[] shape = expected.tensor("logits").spec().shape();
    int vocabulary = (int) shape[2];
    for (int b = 0; b < actual.size(); b++) {
      for (int t = 0; t < actual.get(b).length; t++) {
        int at = (int) (b * shape[1] + t) * vocabulary;
        assertThat(actual.get(b)[t])
            .as("row %d position %d", b, t)
            .containsExactly(Arrays.copyOfRange(want, at, at + vocabulary), within(2e-4f));
      }
    }
  }

  private void mergesAsPeftDoes(Path folder, TransformerModel model, List<LoraAdapter> active)
      throws Exception {
    Path file = folder.resolve("merged.safetensors");
    if (!Files.exists(file)) {
      return;
    }
    Path out = Files.createDirectories(temporary.resolve(folder.getFileName() + "-merged"));
    model.saveMerged(out, active);
    try (SafetensorsFile expected = SafetensorsFile.open(file);
        WeightFolder merged = WeightFolder.open(out)) {
      for (String name : expected.tensors().keySet()) {
        assertThat(merged.readFloats(name))
            .as(name)
            .containsExactly(expected.readFloats(name), within(1e-5f));
      }
    }
  }

  private void savesItselfAgain(
      Path folder, TransformerModel model, LoraAdapter adapter, SafetensorsFile expected)
      throws Exception {
    Path out = Files.createDirectories(temporary.resolve(folder.getFileName() + "-again"));
    model.saveAdapter(adapter, out, "base");
    LoraAdapter again = model.loadAdapter("again", out);
    compare(expected, GoldenModel.logits(model, rows(expected), List.of(again)));
  }
}
