package org.plumbline.model.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.model.adapter.Adapter;
import org.plumbline.model.adapter.AdapterMerge.Combination;
import org.plumbline.model.adapter.AdapterMerge.Weighted;
import org.plumbline.model.adapter.Lora;
import org.plumbline.model.safetensors.SafetensorsFile;
import org.plumbline.testing.Golden;

/** Several LoRAs as one. */
class AdapterMergeTest {
  private static final List<int[]> ROWS = List.of(new int[] {5, 17, 9, 30, 8}, new int[] {7, 40});

  @TempDir private Path folder;

  @Tag("parity")
  @TestFactory
  Stream<DynamicTest> combinationsOfPeft() {
    return Golden.perDirectory(
        "peft", golden -> Files.isDirectory(golden.resolve("two")), this::check);
  }

  private void check(Path golden) throws Exception {
    JsonNode expected = new ObjectMapper().readTree(golden.resolve("expected.json").toFile());
    float tolerance = (float) expected.path("tolerance").path("logits_abs").asDouble();
    Path base = ModelBundle.baseOf(golden.resolve("one"));
    try (TransformerModel model = TransformerModel.load(base, LoadOptions.frozen());
        SafetensorsFile file = SafetensorsFile.open(golden.resolve("expected.safetensors"))) {
      Adapter one = model.loadAdapter("one", golden.resolve("one"));
      Adapter two = model.loadAdapter("two", golden.resolve("two"));
      compare(model, one, file, "logits.one", tolerance);
      compare(model, two, file, "logits.two", tolerance);
      assertThat(expected.path("combinations").size()).isPositive();
      for (JsonNode way : expected.path("combinations")) {
        String type = way.path("combination_type").asText();
        List<Weighted> weighted =
            List.of(
                new Weighted(one, way.path("weights").get(0).asDouble()),
                new Weighted(two, way.path("weights").get(1).asDouble()));
        Combination how = Combination.valueOf(type.toUpperCase(Locale.ROOT));
        Adapter both = model.combine(type, weighted, how);
        compare(model, both, file, way.path("key").asText(), tolerance);
        Path saved = Files.createDirectories(folder.resolve(type));
        model.saveAdapter(both, saved, base);
        compare(
            model,
            model.loadAdapter(type + " again", saved),
            file,
            way.path("key").asText(),
            tolerance);
      }
    }
  }

  private static void compare(
      TransformerModel model, Adapter adapter, SafetensorsFile file, String key, float tolerance) {
    List<int[]> rows = GoldenModel.rows(file, "input_ids", "attention_mask");
    List<int[]> columns = GoldenModel.columns(file, "attention_mask");
    float[] wanted = file.readFloats(key);
    long[] shape = file.tensor(key).spec().shape();
    List<float[][]> found = GoldenModel.logits(model, rows, List.of(adapter));
    for (int b = 0; b < found.size(); b++) {
      for (int t = 0; t < found.get(b).length; t++) {
        int at = (int) ((b * shape[1] + columns.get(b)[t]) * shape[2]);
        assertThat(found.get(b)[t])
            .as("%s row %d position %d", key, b, t)
            .containsExactly(
                Arrays.copyOfRange(wanted, at, at + (int) shape[2]), within(tolerance));
      }
    }
  }

  private static TransformerModel model() {
    return TransformerModel.load(AdapterMethodsTest.base("gpt2"), LoadOptions.frozen());
  }

  private static Adapter lora(TransformerModel model, String name, int rank, String... targets) {
    Adapter adapter = model.addAdapter(name, Lora.of(rank, 5, 0, List.of(targets)), 0, rank);
    Tunings.shake(model, adapter);
    return adapter;
  }

  /** Both together give what both active give; the best pair of full rank does too. */
  @Test
  void exactOnesAddUp() {
    try (TransformerModel model = model()) {
      Adapter one = lora(model, "one", 2, "c_attn", "wte");
      Adapter two = lora(model, "two", 3, "c_attn", "c_fc");
      List<float[][]> apart = GoldenModel.logits(model, ROWS, List.of(one, two));
      List<Weighted> both = List.of(new Weighted(one, 1), new Weighted(two, 1));
      Adapter cat = model.combine("cat", both, Combination.CAT);
      assertThat(((Lora) cat.method()).rank()).isEqualTo(5);
      assertNear(GoldenModel.logits(model, ROWS, List.of(cat)), apart);
      List<Weighted> undone = List.of(new Weighted(cat, 1), new Weighted(two, -1));
      Adapter again = model.combine("again", undone, Combination.SVD);
      assertNear(
          GoldenModel.logits(model, ROWS, List.of(again)),
          GoldenModel.logits(model, ROWS, List.of(one)));
      Adapter linear =
          model.combine("linear", List.of(new Weighted(one, -0.5)), Combination.LINEAR);
      Adapter half = model.combine("half", List.of(new Weighted(one, -0.5)), Combination.CAT);
      assertNear(
          GoldenModel.logits(model, ROWS, List.of(linear)),
          GoldenModel.logits(model, ROWS, List.of(half)));
    }
  }

  private static void assertNear(List<float[][]> found, List<float[][]> wanted) {
    for (int b = 0; b < wanted.size(); b++) {
      for (int t = 0; t < wanted.get(b).length; t++) {
        assertThat(found.get(b)[t]).containsExactly(wanted.get(b)[t], within(2e-4f));
      }
    }
  }

  @Test
  void whatIsMoreThanMatricesIsRefused() {
    try (TransformerModel model = model()) {
      Weighted one = new Weighted(lora(model, "one", 2, "c_attn"), 1);
      Weighted two = new Weighted(lora(model, "two", 3, "c_attn"), 1);
      AdapterMethodsTest.assertRefused(
          () -> model.combine("both", List.of(one, two), Combination.LINEAR),
          "combination linear needs adapters of one rank, but at transformer.h.0.attn.c_attn they have 2 and 3; use cat or svd");
      Weighted dora = new Weighted(model.addAdapter("dora", Tunings.dora(), 0, 1), 1);
      AdapterMethodsTest.assertRefused(
          () -> model.combine("both", List.of(one, dora), Combination.CAT),
          "adapter dora (LORA) cannot be combined; needed: LoRA without magnitudes, biases or a head of its own");
    }
  }
}
