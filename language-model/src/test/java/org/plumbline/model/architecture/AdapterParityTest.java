package org.plumbline.model.architecture;

import static org.assertj.core.api.Assertions.assertThat;
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
import org.plumbline.model.adapter.Adapter;
import org.plumbline.model.safetensors.SafetensorsFile;
import org.plumbline.model.safetensors.WeightFolder;
import org.plumbline.testing.Golden;

/** PEFT's folders give PEFT's logits, merged weights and, saved again, themselves. */
@Tag("parity")
class AdapterParityTest {
  @TempDir Path temporary;

  @TestFactory
  Stream<DynamicTest> logitsAndMergedWeights() {
    return Golden.perDirectory(
        "peft", folder -> Files.exists(folder.resolve("adapter_config.json")), this::check);
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
      Adapter adapter = model.loadAdapter("golden", folder);
      List<Adapter> active = List.of(adapter);
      if (expected.tensor("logits").spec().shape().length == 3) {
        compare(expected, GoldenModel.logits(model, rows(expected), active));
        mergesAsPeftDoes(folder, model, active);
        savesItselfAgain(folder, model, adapter, expected);
        generatesAlike(model, rows(expected), active);
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

  /** Where the file has virtual positions in front, they are left out. */
  private static void compare(SafetensorsFile expected, List<float[][]> actual) {
    float[] want = expected.readFloats("logits");
    long[] shape = expected.tensor("logits").spec().shape();
    int vocabulary = (int) shape[2];
    int virtual = (int) (shape[1] - expected.tensor("input_ids").spec().shape()[1]);
    for (int b = 0; b < actual.size(); b++) {
      for (int t = 0; t < actual.get(b).length; t++) {
        int at = (int) (b * shape[1] + virtual + t) * vocabulary;
        assertThat(actual.get(b)[t])
            .as("row %d position %d", b, t)
            .containsExactly(Arrays.copyOfRange(want, at, at + vocabulary), within(2e-4f));
      }
    }
  }

  private void mergesAsPeftDoes(Path folder, TransformerModel model, List<Adapter> active)
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

  /** Cached decoding, merged where that can be, gives what a whole pass gives. */
  static void generatesAlike(TransformerModel model, List<int[]> rows, List<Adapter> active) {
    List<float[][]> whole = GoldenModel.logits(model, rows, active);
    int shortest = rows.stream().mapToInt(row -> row.length).min().orElseThrow();
    List<int[]> prompts = new java.util.ArrayList<>();
    for (int b = 0; b < rows.size(); b++) {
      prompts.add(Arrays.copyOf(rows.get(b), rows.get(b).length - Math.min(2 + b, shortest - 1)));
    }
    try (DecodingSession session = model.session(active);
        ai.djl.ndarray.NDManager scope = model.newScope()) {
      float[] logits = session.prompt(scope, prompts, 64).toFloatArray();
      for (int step = 0; step < 2; step++) {
        int vocabulary = logits.length / rows.size();
        int[] next = new int[rows.size()];
        for (int b = 0; b < rows.size(); b++) {
          int at = prompts.get(b).length + step;
          assertThat(Arrays.copyOfRange(logits, b * vocabulary, (b + 1) * vocabulary))
              .as("row %d step %d", b, step)
              .containsExactly(whole.get(b)[at - 1], within(2e-4f));
          next[b] = rows.get(b)[at];
        }
        logits = session.step(scope, next).toFloatArray();
      }
    }
  }

  private void savesItselfAgain(
      Path folder, TransformerModel model, Adapter adapter, SafetensorsFile expected)
      throws Exception {
    Path out = Files.createDirectories(temporary.resolve(folder.getFileName() + "-again"));
    model.saveAdapter(adapter, out, base(folder));
    Adapter again = model.loadAdapter("again", out);
    compare(expected, GoldenModel.logits(model, rows(expected), List.of(again)));
  }
}
