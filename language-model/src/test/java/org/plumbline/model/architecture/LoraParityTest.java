package org.plumbline.model.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
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
    return Golden.perDirectory("peft", this::check);
  }

  private void check(Path folder) throws Exception {
    Path file = folder.resolve("adapter_config.json");
    Assumptions.assumeTrue(Files.exists(file), "several adapters: still to be built");
    JsonNode config = new ObjectMapper().readTree(file.toFile());
    Path base = folder.resolve(config.path("base_model_name_or_path").asText()).normalize();
    try (TransformerModel model = GoldenModel.loadOrSkip(base, LoadOptions.frozen());
        SafetensorsFile expected = SafetensorsFile.open(folder.resolve("expected.safetensors"))) {
      LoraAdapter adapter = loadOrSkip(model, folder);
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

  private static LoraAdapter loadOrSkip(TransformerModel model, Path folder) {
    try {
      return model.loadAdapter("golden", folder);
    } catch (ModelFormatException e) {
      Assumptions.assumeFalse(
          e.getMessage().contains("supported") || e.getMessage().contains("no adapted module"),
          folder.getFileName() + " is still to be built: " + e.getMessage());
      throw e;
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
