package org.plumbline.model.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.model.ModelFormatException;
import org.plumbline.model.adapter.Adapter;
import org.plumbline.model.adapter.Extras;
import org.plumbline.model.adapter.Lora;
import org.plumbline.model.adapter.PromptTuning;
import org.plumbline.model.config.Head;
import org.plumbline.model.config.TransformerConfig;
import org.plumbline.model.safetensors.WeightFolder;

/** Embeddings and output head that an adapter trains whole, on bases of every kind. */
@Tag("invariant")
class SavedModulesTest {
  private static final Path FAMILIES = Path.of("src/test/resources/families");
  static final List<int[]> ROWS =
      List.of(new int[] {5, 17, 9, 30, 8, 22, 41}, new int[] {7, 7, 40}, new int[] {33, 6, 12, 19});

  @TempDir private Path folder;

  /** Two matrices or one; learned positions; scaled embeddings; a normalised head; other names. */
  record Base(String name, String table, String head) {
    Path path() {
      return FAMILIES.resolve(name);
    }

    int vocabulary() {
      return TransformerConfig.read(path()).vocabSize();
    }
  }

  private static final List<Base> BASES =
      List.of(
          new Base("llama-linear", "embed_tokens", "lm_head"),
          new Base("gpt2", "wte", "lm_head"),
          new Base("gemma2", "embed_tokens", "lm_head"),
          new Base("baichuan2", "embed_tokens", "lm_head"),
          new Base("chatglm", "word_embeddings", "output_layer"));

  /** An adapter on an open base. */
  record Case(Base base, List<String> modules, TransformerModel model, Adapter adapter) {
    List<float[][]> logits() {
      return GoldenModel.logits(model, ROWS, List.of(adapter));
    }

    List<float[][]> plain() {
      return GoldenModel.logits(model, ROWS, List.of());
    }

    String name() {
      return base.name() + "-" + String.join("-", modules);
    }
  }

  interface Check {
    void check(Case one) throws Exception;
  }

  static Stream<DynamicTest> each(LoadOptions options, Check check) {
    return BASES.stream()
        .flatMap(
            base ->
                Stream.of(
                        List.of(base.table()),
                        List.of(base.head()),
                        List.of(base.table(), base.head()))
                    .map(
                        modules ->
                            DynamicTest.dynamicTest(
                                base.name() + " " + modules,
                                () -> {
                                  try (TransformerModel model =
                                      TransformerModel.load(base.path(), options)) {
                                    check.check(
                                        new Case(base, modules, model, add(model, "a", modules)));
                                  }
                                })));
  }

  static Adapter add(TransformerModel model, String name, List<String> modules) {
    Lora lora = Lora.of(2, 4, 0, List.of(Lora.ALL_LINEAR));
    return model.addAdapter(name, lora, new Extras(0, modules), 3);
  }

  private static void same(List<float[][]> found, List<float[][]> wanted, float tolerance) {
    for (int b = 0; b < wanted.size(); b++) {
      for (int t = 0; t < wanted.get(b).length; t++) {
        assertThat(found.get(b)[t]).containsExactly(wanted.get(b)[t], within(tolerance));
      }
    }
  }

  private static void differ(List<float[][]> a, List<float[][]> b) {
    double worst = 0;
    for (int v = 0; v < a.get(0)[2].length; v++) {
      worst = Math.max(worst, Math.abs(a.get(0)[2][v] - b.get(0)[2][v]));
    }
    assertThat(worst).isGreaterThan(0.01);
  }

  @TestFactory
  Stream<DynamicTest> freshOnesChangeNothingAndTrainedOnesLeaveTheBaseAlone() {
    return each(
        LoadOptions.frozen(),
        one -> {
          List<float[][]> plain = one.plain();
          same(one.logits(), plain, 0);
          Tunings.shake(one.model(), one.adapter());
          differ(one.logits(), plain);
          same(one.plain(), plain, 0);
          AdapterParityTest.generatesAlike(one.model(), ROWS, List.of(one.adapter()));
        });
  }

  @TestFactory
  Stream<DynamicTest> theyComeBackFromTheirFolderAndAreMerged() {
    return each(
        LoadOptions.frozen(),
        one -> {
          Tunings.shake(one.model(), one.adapter());
          List<float[][]> changed = one.logits();
          Path saved = Files.createDirectories(folder.resolve(one.name()));
          one.model().saveAdapter(one.adapter(), saved, one.base().path());
          same(again(one, saved), changed, 0);
          try (WeightFolder weights = WeightFolder.open(saved, "adapter_model")) {
            assertThat(weights.names().stream().filter(name -> !name.contains("lora")))
                .hasSize(one.modules().size());
          }
          Path merged = Files.createDirectories(folder.resolve(one.name() + "-merged"));
          one.model().saveMerged(merged, List.of(one.adapter()));
          assertThat(TransformerConfig.read(merged).tiedEmbeddings()).isFalse();
          try (TransformerModel loaded = TransformerModel.load(merged, LoadOptions.frozen())) {
            same(GoldenModel.logits(loaded, ROWS, List.of()), changed, 1e-4f);
          }
        });
  }

  private static List<float[][]> again(Case one, Path saved) {
    Path base = one.base().path();
    try (TransformerModel model = TransformerModel.loadUnder(base, saved, LoadOptions.frozen())) {
      return GoldenModel.logits(model, ROWS, List.of(model.loadAdapter("again", saved)));
    }
  }

  @Test
  void aPackedBaseHasThemToo() throws Exception {
    LoadOptions four = LoadOptions.frozen().withFourBit(true);
    List<String> modules = List.of("embed_tokens", "lm_head");
    Path saved = Files.createDirectories(folder.resolve("packed"));
    Base base = BASES.get(0);
    try (TransformerModel model = TransformerModel.load(base.path(), four)) {
      Case one = new Case(base, modules, model, add(model, "a", modules));
      List<float[][]> plain = one.plain();
      same(one.logits(), plain, 0);
      Tunings.shake(model, one.adapter());
      differ(one.logits(), plain);
      model.saveAdapter(one.adapter(), saved, base.path());
      same(
          GoldenModel.logits(model, ROWS, List.of(model.loadAdapter("b", saved))), one.logits(), 0);
    }
  }

  @Test
  void virtualTokensGoWithThem() throws Exception {
    Path saved = Files.createDirectories(folder.resolve("prompt"));
    Base base = BASES.get(0);
    try (TransformerModel model = TransformerModel.load(base.path(), LoadOptions.frozen())) {
      Extras extras = new Extras(0, List.of("lm_head"));
      Adapter adapter = model.addAdapter("a", new PromptTuning(2, List.of()), extras, 3);
      Tunings.shake(model, adapter);
      model.saveAdapter(adapter, saved, base.path());
      Adapter again = model.loadAdapter("b", saved);
      same(
          GoldenModel.logits(model, ROWS, List.of(again)),
          GoldenModel.logits(model, ROWS, List.of(adapter)),
          0);
    }
  }

  @Test
  void newTokensWithTrainedEmbeddingsOpenWithTheirFolder() throws Exception {
    for (Base base : BASES.subList(0, 2)) {
      Path saved = Files.createDirectories(folder.resolve(base.name() + "-more"));
      List<int[]> rows = List.of(new int[] {5, base.vocabulary() + 1, 9});
      List<float[][]> trained;
      try (TransformerModel grown =
          TransformerModel.load(base.path(), LoadOptions.frozen(), base.vocabulary() + 2)) {
        Adapter adapter = add(grown, "a", List.of(base.table()));
        Tunings.shake(grown, adapter);
        trained = GoldenModel.logits(grown, rows, List.of(adapter));
        grown.saveAdapter(adapter, saved, base.path());
      }
      try (Opened opened = new Opened(base.path(), saved)) {
        same(GoldenModel.logits(opened.model(), rows, List.of(opened.adapter())), trained, 0);
        Path merged = Files.createDirectories(folder.resolve(base.name() + "-more-merged"));
        opened.model().saveMerged(merged, List.of(opened.adapter()));
        try (TransformerModel loaded = TransformerModel.load(merged, LoadOptions.frozen())) {
          same(GoldenModel.logits(loaded, rows, List.of()), trained, 1e-4f);
        }
      }
      try (TransformerModel plain = TransformerModel.load(base.path(), LoadOptions.frozen())) {
        assertThatThrownBy(() -> plain.loadAdapter("late", saved))
            .isInstanceOf(ModelFormatException.class)
            .hasMessageContaining(
                "carries embeddings of %d tokens, but the open base has %d; open base and adapter together"
                    .formatted(base.vocabulary() + 2, base.vocabulary()));
      }
    }
  }

  /** A base opened with what an adapter brings. */
  private record Opened(TransformerModel model, Adapter adapter) implements AutoCloseable {
    Opened(Path base, Path adapter) {
      this(TransformerModel.loadUnder(base, adapter, LoadOptions.frozen()), adapter);
    }

    private Opened(TransformerModel model, Path adapter) {
      this(model, model.loadAdapter("again", adapter));
    }

    @Override
    public void close() {
      model.close();
    }
  }

  /** Of a masked language model, whose tied head has no module of its own here. */
  @Test
  void anEncodersHeadStaysWhatItWas() throws Exception {
    TransformerConfig config =
        TransformerConfig.read(FAMILIES.resolve("bert-tokens"))
            .withHead(Head.MASKED_LANGUAGE_MODEL, List.of());
    assertThat(config.tiedEmbeddings()).isTrue();
    try (TransformerModel model = TransformerModel.create(config, LoadOptions.frozen(), 5)) {
      Adapter adapter = add(model, "a", List.of("word_embeddings"));
      List<float[][]> plain = GoldenModel.logits(model, ROWS, List.of());
      Tunings.shake(model, adapter);
      List<float[][]> changed = GoldenModel.logits(model, ROWS, List.of(adapter));
      differ(changed, plain);
      Path merged = Files.createDirectories(folder.resolve("bert"));
      model.saveMerged(merged, List.of(adapter));
      try (TransformerModel loaded = TransformerModel.load(merged, LoadOptions.frozen())) {
        assertThat(loaded.config().tiedEmbeddings()).isFalse();
        same(GoldenModel.logits(loaded, ROWS, List.of()), changed, 1e-4f);
      }
    }
  }

  @Test
  void otherModulesAreRefused() {
    try (TransformerModel model =
        TransformerModel.load(BASES.get(0).path(), LoadOptions.frozen())) {
      for (String module : List.of("norm", "input_layernorm", "q_proj", "pooler", "wte")) {
        AdapterMethodsTest.assertRefused(
            () -> add(model, "a", List.of(module)),
            "modules_to_save names %s, which cannot be trained whole beside an adapter; the model has [embed_tokens, lm_head] for that, and heads that score"
                .formatted(module));
      }
      Lora both = Lora.of(2, 4, 0, List.of("q_proj", "embed_tokens"));
      AdapterMethodsTest.assertRefused(
          () -> model.addAdapter("a", both, new Extras(0, List.of("embed_tokens")), 1),
          "model.embed_tokens is among the targets and in modules_to_save");
    }
  }
}
