package org.plumbline.model.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.model.adapter.Adapter;
import org.plumbline.model.adapter.AdapterMethod;
import org.plumbline.model.adapter.Ia3;
import org.plumbline.model.adapter.Lora;
import org.plumbline.model.adapter.PrefixTuning;
import org.plumbline.model.config.TensorLayout;
import org.plumbline.model.config.TransformerConfig;
import org.plumbline.model.safetensors.WeightFolder;

/** What must hold of every tuning method on bases of every kind. */
@Tag("invariant")
class AdapterMethodsTest {
  private static final Path FAMILIES = Path.of("src/test/resources/families");

  /** Biases; Conv1D with learned positions and tied embeddings; fused sites; encoder. */
  static final List<String> BASES =
      List.of("llama-linear", "gpt2", "qwen2", "phi3", "gemma2", "bert-tokens", "glm");

  private static final List<int[]> ROWS =
      List.of(
          new int[] {5, 17, 9, 30, 8, 22, 41},
          new int[] {7, 7, 40},
          new int[] {33, 6, 12, 19, 45, 4, 28, 10});

  @TempDir private Path folder;

  /** A method on a base whose weights are frozen. */
  record Case(String name, TransformerModel model, Adapter adapter) {
    List<float[][]> logits() {
      return GoldenModel.logits(model, ROWS, List.of(adapter));
    }

    List<float[][]> plain() {
      return GoldenModel.logits(model, ROWS, List.of());
    }
  }

  /** What is checked of a case. */
  interface Check {
    void check(Case one) throws Exception;
  }

  /** Methods of these names on all bases. */
  static Stream<DynamicTest> each(Predicate<String> methods, LoadOptions options, Check check) {
    return BASES.stream()
        .flatMap(
            base -> {
              Path path = FAMILIES.resolve(base);
              Map<String, AdapterMethod> all =
                  Tunings.all(TensorLayout.of(TransformerConfig.read(path)));
              return all.entrySet().stream()
                  .filter(entry -> methods.test(entry.getKey()))
                  .map(
                      entry ->
                          DynamicTest.dynamicTest(
                              base + " " + entry.getKey(),
                              () -> {
                                try (TransformerModel model =
                                    TransformerModel.load(path, options)) {
                                  Adapter adapter = model.addAdapter("a", entry.getValue(), 0, 3);
                                  check.check(
                                      new Case(base + "-" + entry.getKey(), model, adapter));
                                }
                              }));
            });
  }

  /** Folder of the base that a case is named after. */
  static Path base(String name) {
    return FAMILIES.resolve(BASES.stream().filter(name::startsWith).findFirst().orElseThrow());
  }

  private static Stream<DynamicTest> each(Predicate<String> methods, Check check) {
    return each(methods, LoadOptions.frozen(), check);
  }

  private static boolean virtual(String name) {
    return name.startsWith("p");
  }

  @TestFactory
  Stream<DynamicTest> freshOnesChangeNothing() {
    return each(
        name -> !virtual(name), one -> assertSame(one.logits(), one.plain(), 2e-5f, one.name()));
  }

  @TestFactory
  Stream<DynamicTest> trainedOnesChangeLogitsAndComeBackFromTheirFolder() {
    return each(
        name -> true,
        one -> {
          List<float[][]> plain = one.plain();
          Tunings.shake(one.model(), one.adapter());
          List<float[][]> changed = one.logits();
          assertThat(furthest(changed, plain)).isGreaterThan(0.01);
          Path out = Files.createDirectories(folder.resolve(one.name()));
          one.model().saveAdapter(one.adapter(), out, base(one.name()));
          Adapter again = one.model().loadAdapter("again", out);
          assertSame(GoldenModel.logits(one.model(), ROWS, List.of(again)), changed, 0, one.name());
          assertSame(one.plain(), plain, 0, "the base");
        });
  }

  @TestFactory
  Stream<DynamicTest> mergedModelsGiveWhatAdaptersGive() {
    return each(
        name -> !virtual(name) && !name.startsWith("bottleneck") && !name.equals("lora-embedding"),
        one -> {
          Tunings.shake(one.model(), one.adapter());
          List<float[][]> changed = one.logits();
          mergesTo(one, changed);
        });
  }

  private void mergesTo(Case one, List<float[][]> changed) throws Exception {
    List<float[][]> plain = one.plain();
    Path merged = Files.createDirectories(folder.resolve(one.name() + "-merged"));
    one.model().saveMerged(merged, List.of(one.adapter()));
    try (TransformerModel loaded = TransformerModel.load(merged, LoadOptions.frozen())) {
      assertSame(GoldenModel.logits(loaded, ROWS, List.of()), changed, 1e-4f, "merged");
    }
    assertSame(one.plain(), plain, 0, "the base's logits");
    Path base = Files.createDirectories(folder.resolve(one.name() + "-base"));
    one.model().save(base);
    Path original = base(one.name());
    try (WeightFolder ours = WeightFolder.open(base);
        WeightFolder theirs = WeightFolder.open(original)) {
      for (String name : ours.names()) {
        assertThat(ours.readFloats(name)).as(name).isEqualTo(theirs.readFloats(name));
      }
    }
  }

  @Test
  void embeddingsMergeWhereTheyAreNoHead() throws Exception {
    Path base = FAMILIES.resolve("qwen2");
    try (TransformerModel model = TransformerModel.load(base, LoadOptions.frozen())) {
      AdapterMethod method = Tunings.all(TensorLayout.of(model.config())).get("lora-embedding");
      Case one = new Case("qwen2-embedding", model, model.addAdapter("a", method, 0, 3));
      Tunings.shake(model, one.adapter());
      mergesTo(one, one.logits());
    }
  }

  @TestFactory
  Stream<DynamicTest> neighboursAndPaddingChangeNothing() {
    return each(
        name -> true,
        one -> {
          Tunings.shake(one.model(), one.adapter());
          List<float[][]> together = one.logits();
          for (int b = 0; b < ROWS.size(); b++) {
            List<float[][]> alone =
                GoldenModel.logits(one.model(), List.of(ROWS.get(b)), List.of(one.adapter()));
            assertSame(alone, together.subList(b, b + 1), 1e-4f, "row " + b);
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> cachedStepsGiveWhatWholePassesGive() {
    return each(
        name -> true,
        one -> {
          if (one.model().config().attention().causal()) {
            Tunings.shake(one.model(), one.adapter());
            List<float[][]> plain = one.plain();
            AdapterParityTest.generatesAlike(one.model(), ROWS, List.of(one.adapter()));
            assertSame(one.plain(), plain, 0, "the base");
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> whatIsNoChangeOfWeightsIsNotMerged() {
    return each(
        name -> virtual(name) || name.startsWith("bottleneck"),
        one ->
            assertRefused(
                () -> one.model().saveMerged(folder, List.of(one.adapter())),
                "adapter a (%s) cannot be merged: what it adds is no change of the base's weights; use it beside its base"
                    .formatted(one.adapter().method().peftType())));
  }

  @Test
  void tiedEmbeddingsAreNotMerged() {
    try (TransformerModel model =
        TransformerModel.load(FAMILIES.resolve("gpt2"), LoadOptions.frozen())) {
      Lora embedding = Tunings.Shape.PLAIN.on(List.of("wte"));
      Adapter tied = model.addAdapter("tied", embedding, 0, 1);
      assertRefused(
          () -> model.saveMerged(folder, List.of(tied)),
          "adapter tied (LORA) cannot be merged: it changes embeddings that are its base's output head too; use it beside its base");
    }
  }

  @Test
  void mistakesAreNamed() {
    try (TransformerModel model =
        TransformerModel.load(FAMILIES.resolve("llama-linear"), LoadOptions.frozen())) {
      assertRefused(
          () -> model.addAdapter("a", Lora.of(2, 4, 0, List.of("q_prj")), 0, 1),
          "lora.targets=q_prj matches no linear layer; the model's are [embed_tokens, q_proj, k_proj, ");
      assertRefused(
          () -> model.addAdapter("a", Lora.of(25, 4, 0, List.of("q_proj")), 0, 1),
          "lora.rank=25 is above the smaller side of model.layers.0.self_attn.q_proj (32 × 24); a full matrix would be smaller");
      assertRefused(
          () ->
              model.addAdapter(
                  "a", new Ia3(List.of("k_proj", "up_proj"), List.of("up_proj")), 0, 1),
          "ia3.feed_forward: model.layers.0.mlp.up_proj reads the same inputs as the modules beside it");
      Lora named = Tunings.dora();
      Lora dora =
          new Lora(
              named.rank(),
              named.alpha(),
              0,
              List.of("embed_tokens"),
              false,
              true,
              named.start(),
              named.bias(),
              List.of(),
              Map.of(),
              Map.of());
      assertRefused(
          () -> model.addAdapter("a", dora, 0, 1),
          "lora.targets names the embeddings model.embed_tokens, whose magnitudes (dora) are not supported");
      Adapter one = model.addAdapter("one", Tunings.dora(), 0, 1);
      Adapter two = model.addAdapter("two", Tunings.dora(), 0, 2);
      assertRefused(
          () -> GoldenModel.logits(model, ROWS, List.of(one, two)),
          "several active adapters have magnitudes (DoRA) on model.layers.0.self_attn.q_proj; only one can");
    }
  }

  @TestFactory
  Stream<DynamicTest> packedRowsHaveNoPlaceForVirtualTokens() {
    TokenBatch packed = TokenBatch.packed(List.of(ROWS));
    return each(
        AdapterMethodsTest::virtual,
        one ->
            assertRefused(
                () -> GoldenModel.logits(one.model(), packed, List.of(one.adapter())),
                "rows of several texts (packing) cannot have virtual tokens or a prefix in front of each"));
  }

  @Test
  void prefixesAndCheckpointingAreApart() {
    LoadOptions options = LoadOptions.frozen().withCheckpointing(true);
    try (TransformerModel model = TransformerModel.load(FAMILIES.resolve("phi3"), options);
        var scope = model.newScope()) {
      Adapter prefix = model.addAdapter("a", new PrefixTuning(2, 0, false), 0, 1);
      TokenBatch batch = TokenBatch.of(ROWS);
      assertRefused(
          () -> model.trace(scope, batch, new long[] {0}, List.of(prefix), 0, false),
          "gradient checkpointing does not go with prefix tuning");
    }
  }

  static void assertRefused(ThrowingCallable call, String message) {
    assertThatThrownBy(call)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(message);
  }

  private static void assertSame(
      List<float[][]> found, List<float[][]> wanted, float tolerance, String what) {
    for (int b = 0; b < wanted.size(); b++) {
      for (int t = 0; t < wanted.get(b).length; t++) {
        if (tolerance == 0) {
          assertThat(found.get(b)[t]).as("%s row %d at %d", what, b, t).isEqualTo(wanted.get(b)[t]);
        } else {
          assertThat(found.get(b)[t])
              .as("%s row %d at %d", what, b, t)
              .containsExactly(wanted.get(b)[t], within(tolerance));
        }
      }
    }
  }

  private static double furthest(List<float[][]> a, List<float[][]> b) {
    double worst = 0;
    for (int i = 0; i < a.size(); i++) {
      float[] left = flat(a.get(i));
      float[] right = flat(b.get(i));
      for (int j = 0; j < left.length; j++) {
        worst = Math.max(worst, Math.abs(left[j] - right[j]));
      }
    }
    return worst;
  }

  private static float[] flat(float[][] rows) {
    float[] all = new float[rows.length * rows[0].length];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(rows[i], 0, all, i * rows[0].length, rows[0].length);
    }
    return Arrays.copyOf(all, all.length);
  }
}
