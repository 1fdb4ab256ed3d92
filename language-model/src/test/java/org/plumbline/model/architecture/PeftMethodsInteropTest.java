package org.plumbline.model.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
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

  private static final String COMMON =
      """
      import json, os, sys, traceback, torch
      from pathlib import Path
      from transformers import AutoModelForCausalLM, AutoModelForSequenceClassification
      torch.set_num_threads(1)
      ids = torch.tensor([[2 + i * 7 % 44 for i in range(1, 21)]])
      def base(path):
          architecture = json.loads((Path(path) / "config.json").read_text())["architectures"][0]
          cls = AutoModelForSequenceClassification if "Sequence" in architecture else AutoModelForCausalLM
          return cls.from_pretrained(path, dtype=torch.float32).eval()
      def last(model):
          with torch.no_grad():
              logits = model.eval()(input_ids=ids).logits
          return (logits[0, -1] if logits.dim() == 3 else logits[0]).double().tolist()
      """;

  /** Prints the logits of every folder below the argument. */
  private static final String READ =
      COMMON
          + """
      from peft import PeftModel
      out = {}
      for folder in sorted(Path(sys.argv[1]).iterdir()):
          try:
              config = json.loads((folder / "adapter_config.json").read_text())
              model = base(folder / config["base_model_name_or_path"])
              if "new-tokens" in folder.name:
                  model.resize_token_embeddings(model.config.vocab_size + 3)
              model = PeftModel.from_pretrained(model, folder)
              out[folder.name] = last(model)
              if folder.name.endswith(("-lora", "-rslora")) and "coder" not in folder.name and "scorer" not in folder.name:
                  for m in model.modules():
                      if hasattr(m, "set_scale"):
                          m.set_scale("default", 0.4)
                  out[folder.name + "-scaled"] = last(model)
          except Exception:
              out[folder.name] = traceback.format_exc(limit=-2)
      print("JSON" + json.dumps(out))
      """;

  /** Writes a folder of every kind below the first argument, and prints its logits. */
  private static final String WRITE =
      COMMON
          + """
      import peft as p
      def lora(**more):
          return p.LoraConfig(**{**dict(task_type="CAUSAL_LM", r=3, lora_alpha=6, target_modules="all-linear"), **more})
      root, llama, gpt2, scorer, encoder = map(Path, sys.argv[1:6])
      prompt = dict(task_type="CAUSAL_LM", num_virtual_tokens=3)
      table = lambda b: "wte" if b == gpt2 else "embed_tokens"
      names = lambda b: ["c_attn", "mlp.c_proj"] if b == gpt2 else ["q_proj", "v_proj", "down_proj"]
      down = lambda b: ["mlp.c_proj"] if b == gpt2 else ["down_proj"]
      cases = lambda b: {
          "lora": lora(),
          "rslora": lora(use_rslora=True),
          "dora": lora(use_dora=True),
          "bias-all": lora(bias="all"),
          "bias-lora-only": lora(bias="lora_only", target_modules=names(b)),
          "patterns": lora(rank_pattern={names(b)[0]: 2, ".*.1.*." + names(b)[1]: 4}, alpha_pattern={names(b)[0]: 11}),
          "layers": lora(target_modules=names(b), layers_to_transform=[1]),
          "regex": lora(target_modules=".*\\\\.0\\\\..*" + names(b)[0]),
          "embedding": lora(target_modules=[table(b), names(b)[0]]),
          "excluded": lora(target_modules=names(b), exclude_modules=[names(b)[0]]),
          "adalora": p.AdaLoraConfig(task_type="CAUSAL_LM", init_r=4, target_r=2, lora_alpha=8, total_step=10, target_modules=names(b)),
          "adalora-pruned": p.AdaLoraConfig(task_type="CAUSAL_LM", init_r=4, target_r=2, lora_alpha=8, total_step=10, target_modules=names(b)),
          "ia3": p.IA3Config(task_type="CAUSAL_LM", target_modules=names(b), feedforward_modules=down(b)),
          "prompt-tuning": p.PromptTuningConfig(**prompt),
          "prefix-tuning": p.PrefixTuningConfig(**prompt),
          "prefix-tuning-projected": p.PrefixTuningConfig(**prompt, prefix_projection=True, encoder_hidden_size=7),
          "p-tuning": p.PromptEncoderConfig(**prompt, encoder_hidden_size=9),
          "whole-embeddings": lora(modules_to_save=[table(b)]),
          "whole-head": lora(modules_to_save=["lm_head"]),
          "whole-both": lora(modules_to_save=[table(b), "lm_head"]),
          "whole-tied": lora(modules_to_save=[table(b)], ensure_weight_tying=True),
          "new-tokens": lora(),
          "new-tokens-whole": lora(modules_to_save=[table(b)]),
      }
      out = {}
      def write(name, b, config):
          try:
              torch.manual_seed(3)
              below = base(b)
              if "new-tokens" in name:
                  below.resize_token_embeddings(below.config.vocab_size + 3)
              model = p.get_peft_model(below, config)
              pattern = {}
              with torch.no_grad():
                  for n, q in model.named_parameters():
                      if q.requires_grad and not n.endswith(("ranknum.default", "classifier.modules_to_save.default.bias")):
                          q.add_(0.2 * torch.randn(q.shape))
                          if name.endswith("pruned") and "lora_E" in n:
                              q[1:3] = 0
                              pattern[n.removeprefix("base_model.model.").removesuffix(".default")] = (q != 0).view(-1).tolist()
              out[name] = last(model)
              if pattern:
                  model.peft_config["default"].rank_pattern = pattern
              model.peft_config["default"].base_model_name_or_path = str(b)
              model.save_pretrained(root / name)
          except Exception:
              out[name] = traceback.format_exc(limit=-2)
      for b in (llama, gpt2):
          for name, config in cases(b).items():
              write(b.name + "-" + name, b, config)
      write("scorer-lora", scorer, lora(task_type="SEQ_CLS", modules_to_save=["score"]))
      write("scorer-ia3", scorer, p.IA3Config(task_type="SEQ_CLS", target_modules=["k_proj", "v_proj", "down_proj"], feedforward_modules=["down_proj"]))
      classes = dict(task_type="SEQ_CLS", num_virtual_tokens=3)
      for b in (scorer, encoder):
          write(b.name + "-prompt-tuning", b, p.PromptTuningConfig(**classes))
          write(b.name + "-prefix-tuning", b, p.PrefixTuningConfig(**classes))
          write(b.name + "-p-tuning", b, p.PromptEncoderConfig(**classes, encoder_hidden_size=9))
      write("encoder-lora", encoder, lora(task_type="SEQ_CLS", modules_to_save=["classifier", "pooler"]))
      print("JSON" + json.dumps(out))
      """;

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
    compare(run(READ, root.toString()), ours);
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
            WRITE,
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

  private static JsonNode run(String script, String... arguments) throws Exception {
    String out = PythonEnv.run(script, arguments);
    return new ObjectMapper().readTree(out.substring(out.indexOf("JSON") + 4));
  }
}
