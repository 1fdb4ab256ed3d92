package org.plumbline.model.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.model.adapter.Adapter;
import org.plumbline.model.adapter.AdapterMethod;
import org.plumbline.model.adapter.Extras;
import org.plumbline.model.adapter.Lora;
import org.plumbline.model.config.TensorLayout;
import org.plumbline.model.config.TransformerConfig;
import org.plumbline.model.safetensors.DType;
import org.plumbline.model.safetensors.WeightFolder;
import org.plumbline.model.tensor.Gaussians;
import org.plumbline.model.tensor.Parameter;

/** Adapters with more or less effect, and merged ones taken out again. */
@Tag("invariant")
class AdapterScaleTest {
  private static final List<int[]> ROWS = SavedModulesTest.ROWS;

  @TempDir private Path folder;

  private static boolean matrices(String name) {
    return List.of("lora", "rslora", "adalora", "lora-regex", "lora-swapped").contains(name);
  }

  private static void same(List<float[][]> found, List<float[][]> wanted, float tolerance) {
    for (int b = 0; b < wanted.size(); b++) {
      for (int t = 0; t < wanted.get(b).length; t++) {
        assertThat(found.get(b)[t]).containsExactly(wanted.get(b)[t], within(tolerance));
      }
    }
  }

  @TestFactory
  Stream<DynamicTest> aScaleIsAFactorOnTheMatrices() {
    return AdapterMethodsTest.each(
        AdapterScaleTest::matrices,
        LoadOptions.frozen(),
        one -> {
          TransformerModel model = one.model();
          Adapter adapter = one.adapter();
          Tunings.shake(model, adapter);
          List<float[][]> whole = GoldenModel.logits(model, ROWS, List.of(adapter));
          same(
              GoldenModel.logits(model, ROWS, List.of(adapter.scaled(0))),
              GoldenModel.logits(model, ROWS, List.of()),
              2e-5f);
          Adapter scaled = adapter.scaled(-0.5);
          List<float[][]> less = GoldenModel.logits(model, ROWS, List.of(scaled));
          assertThat(less.get(0)[4][3]).isNotCloseTo(whole.get(0)[4][3], within(1e-3f));
          if (model.config().attention().causal()) {
            AdapterParityTest.generatesAlike(model, ROWS, List.of(scaled));
          }
          for (Parameter parameter : adapter.parameters()) {
            if (parameter.name().contains("lora_B")) {
              float[] values = model.carrier().floats(parameter.value());
              for (int i = 0; i < values.length; i++) {
                values[i] *= -0.5f;
              }
              Tunings.write(model, parameter, values);
            }
          }
          same(GoldenModel.logits(model, ROWS, List.of(adapter)), less, 2e-5f);
          same(GoldenModel.logits(model, ROWS, List.of(scaled.scaled(-2))), less, 2e-5f);
        });
  }

  /** Merged and taken out again, weights are those of the base up to one rounding each way. */
  @TestFactory
  Stream<DynamicTest> whatWasMergedComesOut() {
    return AdapterMethodsTest.each(
        AdapterScaleTest::matrices,
        LoadOptions.frozen(),
        one -> {
          Tunings.shake(one.model(), one.adapter());
          Path saved = Files.createDirectories(folder.resolve(one.name()));
          Path base = AdapterMethodsTest.base(one.name());
          one.model().saveAdapter(one.adapter(), saved, base);
          Path merged = Files.createDirectories(folder.resolve(one.name() + "-merged"));
          one.model().saveMerged(merged, List.of(one.adapter()));
          Path back = Files.createDirectories(folder.resolve(one.name() + "-back"));
          LoadOptions any = LoadOptions.frozen().withAnyBase(true);
          try (TransformerModel model = TransformerModel.load(merged, any)) {
            Adapter adapter = model.loadAdapter("again", saved);
            model.saveMerged(back, List.of(adapter.scaled(-1)));
          }
          boolean moved = false;
          try (WeightFolder ours = WeightFolder.open(back);
              WeightFolder between = WeightFolder.open(merged);
              WeightFolder theirs = WeightFolder.open(base)) {
            for (String name : ours.names()) {
              float[] wanted = theirs.readFloats(name);
              moved |= !java.util.Arrays.equals(between.readFloats(name), wanted);
              assertThat(ours.readFloats(name)).as(name).containsExactly(wanted, within(1e-6f));
            }
          }
          assertThat(moved).isTrue();
        });
  }

  /** Weak adapters and some that outweigh their base, stored in each dtype, mixtures too. */
  @TestFactory
  Stream<DynamicTest> whatRoundingExplainsIsEnough() {
    return Stream.concat(
            AdapterMethodsTest.BASES.stream(), Stream.of("mixtral-window", "mixtral-balanced"))
        .flatMap(
            base ->
                Stream.of(DType.F32, DType.F16, DType.BF16)
                    .map(
                        type ->
                            DynamicTest.dynamicTest(base + " " + type, () -> rounds(base, type))));
  }

  private void rounds(String name, DType type) throws Exception {
    Path source = Path.of("src/test/resources/families", name);
    Path base = Files.createDirectories(folder.resolve(name + type));
    Files.copy(source.resolve("model.safetensors"), base.resolve("model.safetensors"));
    TransformerConfig.read(source).withDtype(type).write(base);
    for (float noise : new float[] {0.02f, 0.2f}) {
      try (TransformerModel model = TransformerModel.load(base, LoadOptions.frozen())) {
        Lora lora = Lora.of(3, 6, 0, List.of(Lora.ALL_LINEAR));
        Adapter adapter = model.addAdapter("a", lora, 0, 3);
        SplittableRandom random = new SplittableRandom(3);
        for (Parameter parameter : adapter.parameters()) {
          float[] values = new float[Math.toIntExact(parameter.size())];
          Gaussians.fill(values, noise, random);
          Tunings.write(model, parameter, values);
        }
        Path merged = Files.createDirectories(base.resolve("merged" + noise));
        model.saveMerged(merged, List.of(adapter));
        LogitProbe probe = LogitProbe.of(model.config());
        float[] before = probe.read(model, List.of(adapter));
        try (TransformerModel after = TransformerModel.load(merged, LoadOptions.frozen())) {
          assertThat(LogitProbe.difference(before, probe.read(after, List.of())))
              .isPositive()
              .isLessThan(LogitProbe.tolerance(type, model.config(), before));
        }
      }
    }
  }

  @Test
  void whatIsMoreThanMatricesIsNotScaled() {
    Path base = AdapterMethodsTest.base("llama-linear");
    try (TransformerModel model = TransformerModel.load(base, LoadOptions.frozen())) {
      Map<String, AdapterMethod> all = Tunings.all(TensorLayout.of(model.config()));
      for (String name :
          List.of("dora", "lora-bias-patterns", "ia3", "bottleneck", "prompt-tuning")) {
        Adapter adapter = model.addAdapter(name, all.get(name), 0, 1);
        AdapterMethodsTest.assertRefused(
            () -> adapter.scaled(0.5),
            "adapter %s (%s) cannot be scaled or taken out: that needs low-rank matrices alone"
                .formatted(name, adapter.method().peftType()));
      }
      Lora lora = Lora.of(2, 4, 0, List.of(Lora.ALL_LINEAR));
      Adapter head = model.addAdapter("head", lora, 1, 1);
      AdapterMethodsTest.assertRefused(() -> head.scaled(0.5), "adapter head (LORA) cannot be");
      Adapter whole = model.addAdapter("whole", lora, new Extras(0, List.of("lm_head")), 1);
      AdapterMethodsTest.assertRefused(() -> whole.scaled(0.5), "adapter whole (LORA) cannot be");
      Adapter plain = model.addAdapter("plain", lora, 0, 1);
      AdapterMethodsTest.assertRefused(
          () -> model.saveAdapter(plain.scaled(0.5), folder, base),
          "adapter plain is scaled for use and cannot be saved");
      assertThat(folder).isEmptyDirectory();
    }
  }

  @Test
  void aProbeTellsRoundingFromMistakes() {
    Path base = AdapterMethodsTest.base("llama-linear");
    try (TransformerModel model = TransformerModel.load(base, LoadOptions.frozen())) {
      LogitProbe probe = LogitProbe.of(model.config());
      assertThat(probe.ids()).hasSize(32).doesNotContain(-1, model.config().vocabSize());
      Lora lora = Lora.of(2, 4, 0, List.of(Lora.ALL_LINEAR));
      Adapter adapter = model.addAdapter("a", lora, 0, 1);
      Tunings.shake(model, adapter);
      float[] plain = probe.read(model, List.of());
      float[] changed = probe.read(model, List.of(adapter));
      double allowed = LogitProbe.tolerance(DType.F32, model.config(), changed);
      assertThat(allowed).isLessThan(1e-3);
      assertThat(LogitProbe.tolerance(DType.F16, model.config(), changed)).isGreaterThan(allowed);
      assertThat(LogitProbe.tolerance(DType.BF16, model.config(), changed))
          .isCloseTo(
              8
                  * (1 / 256.0 + Math.scalb(1, -18))
                  * Math.sqrt(10)
                  * Math.max(1, LogitProbe.difference(changed, new float[changed.length])),
              within(1e-6));
      assertThat(LogitProbe.difference(changed, plain)).isGreaterThan(allowed);
      assertThat(LogitProbe.difference(changed, changed)).isZero();
      plain[3] = Float.NaN;
      assertThat(LogitProbe.difference(changed, plain)).isInfinite();
    }
  }
}
