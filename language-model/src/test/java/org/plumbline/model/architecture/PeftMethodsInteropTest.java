package org.plumbline.model.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.model.adapter.AdaLora;
import org.plumbline.model.adapter.Adapter;
import org.plumbline.model.adapter.AdapterMethod;
import org.plumbline.model.adapter.Bottleneck;
import org.plumbline.model.adapter.Extras;
import org.plumbline.model.adapter.Lora;
import org.plumbline.model.config.LlamaSize;
import org.plumbline.model.config.NewModels;
import org.plumbline.model.config.SpecialIds;
import org.plumbline.model.config.TensorLayout;
import org.plumbline.model.config.TransformerConfig;
import org.plumbline.model.tensor.Parameter;
import org.plumbline.testing.PythonEnv;

/** Folders of every method that PEFT has mean the same there and here, whoever wrote them. */
@Tag("contract")
class PeftMethodsInteropTest {
  private static final Path FAMILIES = Path.of("src/test/resources/families");
  private static final List<String> BASES = List.of("llama-linear", "gpt2");
  private static final int[] IDS = IntStream.range(1, 21).map(i -> 2 + i * 7 % 44).toArray();
  private static final double TOLERANCE = 2e-4;
  private static final int LABELS = 2;

  @TempDir private Path folder;

  @Test
  void oursInPeft() throws Exception {
    PythonEnv.assume();
    Map<String, float[]> ours = new TreeMap<>();
    for (String base : BASES) {
      Path path = FAMILIES.resolve(base).toAbsolutePath();
      try (TransformerModel model = TransformerModel.load(path, LoadOptions.frozen())) {
        Map<String, AdapterMethod> all = Tunings.all(TensorLayout.of(model.config()));
        all.put("adalora-pruned", all.get("adalora"));
        for (Map.Entry<String, AdapterMethod> entry : all.entrySet()) {
          if (!(entry.getValue() instanceof Bottleneck)) {
            String name = base + "-" + entry.getKey();
            Adapter adapter = model.addAdapter(name, entry.getValue(), 0, 3);
            Tunings.shake(model, adapter);
            if (name.endsWith("pruned")) {
              prune(model, adapter);
            }
            Path out = Files.createDirectories(folder.resolve("adapters").resolve(name));
            model.saveAdapter(adapter, out, path);
            ours.put(name, last(model, adapter));
            if (name.endsWith("lora") && !name.endsWith("adalora")) {
              ours.put(name + "-scaled", last(model, adapter.scaled(0.4)));
            }
          }
        }
      }
    }
    Path root = Files.createDirectories(folder.resolve("adapters"));
    for (String base : BASES) {
      whole(base, root, ours);
    }
    scores(encoder(), List.of("pooler"), root, ours);
    scores(scorer(), List.of(), root, ours);
    compare(run("read", root.toString()), ours);
  }

  /** Embeddings and output head of their own, for more tokens than the base has or not. */
  private static void whole(String base, Path root, Map<String, float[]> ours) throws Exception {
    Path path = FAMILIES.resolve(base).toAbsolutePath();
    int vocabulary = TransformerConfig.read(path).vocabSize();
    String table = base.equals("gpt2") ? "wte" : "embed_tokens";
    Map<String, List<String>> cases = new TreeMap<>();
    cases.put("whole-embeddings", List.of(table));
    cases.put("whole-head", List.of("lm_head"));
    cases.put("whole-both", List.of(table, "lm_head"));
    cases.put("new-tokens", List.of());
    cases.put("new-tokens-whole", List.of(table));
    for (Map.Entry<String, List<String>> one : cases.entrySet()) {
      String name = base + "-" + one.getKey();
      int rows = name.contains("new-tokens") ? vocabulary + 3 : vocabulary;
      try (TransformerModel model = TransformerModel.load(path, LoadOptions.frozen(), rows)) {
        Lora lora = Lora.of(3, 6, 0, List.of(Lora.ALL_LINEAR));
        Adapter adapter = model.addAdapter(name, lora, new Extras(0, one.getValue()), 3);
        Tunings.shake(model, adapter);
        Path out = Files.createDirectories(root.resolve(name));
        model.saveAdapter(adapter, out, path);
        ours.put(name, last(model, adapter));
      }
    }
  }

  /** Adapters with heads, some of them beside virtual tokens. */
  private static void scores(Path base, List<String> modules, Path root, Map<String, float[]> ours)
      throws Exception {
    try (TransformerModel model = TransformerModel.load(base, LoadOptions.frozen())) {
      Map<String, AdapterMethod> all = Tunings.all(TensorLayout.of(model.config()));
      for (String method : List.of("lora", "prompt-tuning", "prefix-tuning", "p-tuning")) {
        String name = base.getFileName() + "-" + method;
        Extras extras = new Extras(LABELS, modules);
        Adapter adapter = model.addAdapter(name, all.get(method), extras, 3);
        Tunings.shake(model, adapter);
        Path out = Files.createDirectories(root.resolve(name));
        model.saveAdapter(adapter, out, base);
        ours.put(name, last(model, adapter));
      }
    }
  }

  private static void prune(TransformerModel model, Adapter adapter) {
    assertThat(adapter.method()).isInstanceOf(AdaLora.class);
    for (Parameter parameter : adapter.parameters()) {
      if (parameter.name().endsWith("lora_E")) {
        float[] values = model.carrier().floats(parameter.value());
        values[0] = 0;
        values[2] = 0;
        Tunings.write(model, parameter, values);
      }
    }
  }

  @Test
  void peftsHere() throws Exception {
    PythonEnv.assume();
    Path scorer = scorer();
    Path root = Files.createDirectories(folder.resolve("adapters"));
    JsonNode theirs =
        run(
            "write",
            root.toString(),
            FAMILIES.resolve(BASES.get(0)).toAbsolutePath().toString(),
            FAMILIES.resolve(BASES.get(1)).toAbsolutePath().toString(),
            scorer.toString(),
            encoder().toString());
    Map<String, float[]> ours = new TreeMap<>();
    SoftAssertions softly = new SoftAssertions();
    theirs
        .fieldNames()
        .forEachRemaining(
            name ->
                softly
                    .assertThatCode(() -> ours.put(name, read(root.resolve(name))))
                    .as(name)
                    .doesNotThrowAnyException());
    softly.assertAll();
    compare(theirs, ours);
  }

  private static float[] read(Path adapter) {
    Path base = ModelBundle.baseOf(adapter);
    try (TransformerModel model = TransformerModel.loadUnder(base, adapter, LoadOptions.frozen())) {
      return last(model, model.loadAdapter("theirs", adapter));
    }
  }

  private Path scorer() throws Exception {
    LlamaSize size = new LlamaSize(60, 32, 48, 2, 4, 2, 64, 10_000, true);
    SpecialIds ids = new SpecialIds(OptionalInt.empty(), List.of(2), OptionalInt.of(0));
    Path out = Files.createDirectories(folder.resolve("scorer"));
    try (TransformerModel model =
        TransformerModel.create(
            NewModels.llama(size, ids).asClassifier(LABELS), LoadOptions.full(), 6)) {
      model.save(out);
    }
    return out;
  }

  private Path encoder() throws Exception {
    TransformerConfig tokens = TransformerConfig.read(FAMILIES.resolve("bert-tokens"));
    Path out = Files.createDirectories(folder.resolve("encoder"));
    try (TransformerModel model =
        TransformerModel.create(tokens.asClassifier(LABELS), LoadOptions.full(), 6)) {
      model.save(out);
    }
    return out;
  }

  /** Logits after the last token, or the scores of the text. */
  private static float[] last(TransformerModel model, Adapter adapter) {
    if (model.config().numLabels().isPresent()) {
      try (NDManager scope = model.newScope()) {
        TokenBatch batch = TokenBatch.of(List.of(IDS));
        long[] index = {model.scoreIndex(batch, 0)};
        NDArray hidden = model.hidden(scope, batch, index, List.of(adapter));
        return model.scores(scope, hidden, List.of(adapter), false).toFloatArray();
      }
    }
    float[][] logits = GoldenModel.logits(model, List.of(IDS), List.of(adapter)).get(0);
    return logits[logits.length - 1];
  }

  private static void compare(JsonNode theirs, Map<String, float[]> ours) {
    assertThat(theirs.size()).isEqualTo(ours.size()).isGreaterThan(10);
    SoftAssertions softly = new SoftAssertions();
    ours.forEach(
        (name, logits) -> {
          JsonNode wanted = theirs.path(name);
          softly.assertThat(wanted.isArray()).as("%s: %s", name, wanted).isTrue();
          double worst = 0;
          for (int i = 0; i < wanted.size(); i++) {
            worst = Math.max(worst, Math.abs(logits[i] - wanted.get(i).asDouble()));
          }
          softly.assertThat(worst).as(name).isLessThanOrEqualTo(TOLERANCE);
        });
    softly.assertAll();
  }

  private static JsonNode run(String... arguments) throws Exception {
    try (InputStream source = PeftMethodsInteropTest.class.getResourceAsStream("peft_folders.py")) {
      String script =
          new String(Objects.requireNonNull(source).readAllBytes(), StandardCharsets.UTF_8);
      String out = PythonEnv.run(script, arguments);
      return new ObjectMapper().readTree(out.substring(out.indexOf("JSON") + 4));
    }
  }
}
