package org.plumbline.model.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.model.adapter.Adapter;
import org.plumbline.model.adapter.Lora;
import org.plumbline.model.config.LlamaSize;
import org.plumbline.model.config.NewModels;
import org.plumbline.model.config.SpecialIds;
import org.plumbline.model.config.TransformerConfig;
import org.plumbline.model.generation.SequenceScorer;
import org.plumbline.model.tensor.Gaussians;
import org.plumbline.model.tensor.Parameter;
import org.plumbline.testing.PythonEnv;

/** Models and adapters saved here give the same logits in transformers and PEFT. */
@Tag("contract")
class PeftInteropTest {
  private static final int[] IDS = IntStream.range(1, 21).map(i -> i * 7 % 60).toArray();

  /** Prints the logits of a sequence: base, adapted, merged. */
  private static final String SCRIPT =
      """
      import json, sys, torch
      from transformers import AutoModelForCausalLM, AutoModelForSequenceClassification
      from peft import PeftModel
      kind, base, adapter, merged = sys.argv[1:5]
      cls = AutoModelForCausalLM if kind == "lm" else AutoModelForSequenceClassification
      ids = torch.tensor([[i * 7 % 60 for i in range(1, 21)]])
      def last(model):
          with torch.no_grad():
              logits = model.eval()(input_ids=ids).logits
          return (logits[0, -1] if kind == "lm" else logits[0]).double().tolist()
      out = {"base": last(cls.from_pretrained(base, dtype=torch.float32))}
      model = PeftModel.from_pretrained(cls.from_pretrained(base, dtype=torch.float32), adapter)
      out["adapted"] = last(model)
      if merged != "-":
          out["merged"] = last(cls.from_pretrained(merged, dtype=torch.float32))
      print("JSON" + json.dumps(out))
      """;

  @TempDir Path folder;

  @Test
  void languageModelAdapterAndMergedModel() throws Exception {
    PythonEnv.assume();
    try (TransformerModel model = TransformerModel.create(config(), LoadOptions.full(), 5)) {
      Adapter adapter = adapter(model, 0);
      Path base = Files.createDirectories(folder.resolve("base"));
      Path peft = Files.createDirectories(folder.resolve("peft"));
      Path merged = Files.createDirectories(folder.resolve("merged"));
      model.save(base);
      model.saveAdapter(adapter, peft, base);
      model.saveMerged(merged, List.of(adapter));
      JsonNode theirs = run("lm", base, peft, merged.toString());
      compare(theirs.path("base"), last(model, List.of()));
      compare(theirs.path("adapted"), last(model, List.of(adapter)));
      compare(theirs.path("merged"), last(model, List.of(adapter)));
    }
  }

  @Test
  void rewardModelAndItsAdapterWithHead() throws Exception {
    PythonEnv.assume();
    TransformerConfig scorer = config().asClassifier(1);
    try (TransformerModel model = TransformerModel.create(scorer, LoadOptions.full(), 6)) {
      Adapter adapter = adapter(model, 1);
      Path base = Files.createDirectories(folder.resolve("reward"));
      Path peft = Files.createDirectories(folder.resolve("reward-peft"));
      model.save(base);
      model.saveAdapter(adapter, peft, base);
      JsonNode theirs = run("reward", base, peft, "-");
      SequenceScorer ours = new SequenceScorer(model, 1);
      compare(theirs.path("base"), toFloats(ours.scores(List.of(IDS), List.of())));
      compare(theirs.path("adapted"), toFloats(ours.scores(List.of(IDS), List.of(adapter))));
    }
  }

  private static TransformerConfig config() {
    LlamaSize size = new LlamaSize(60, 32, 48, 2, 4, 2, 64, 10_000, true);
    return NewModels.llama(
        size, new SpecialIds(OptionalInt.empty(), List.of(2), OptionalInt.of(0)));
  }

  private static Adapter adapter(TransformerModel model, int headWidth) {
    Adapter adapter =
        model.addAdapter("test", Lora.of(4, 8, 0, List.of(Lora.ALL_LINEAR)), headWidth, 9);
    SplittableRandom random = new SplittableRandom(11);
    for (Parameter parameter : adapter.parameters()) {
      float[] values = new float[(int) parameter.size()];
      Gaussians.fill(values, 0.2, random);
      model.carrier().write(parameter.value(), values);
      parameter.changed().run();
    }
    return adapter;
  }

  private static float[] last(TransformerModel model, List<Adapter> active) {
    float[][] logits = GoldenModel.logits(model, List.of(IDS), active).get(0);
    return logits[logits.length - 1];
  }

  private static float[] toFloats(double[] values) {
    float[] narrow = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      narrow[i] = (float) values[i];
    }
    return narrow;
  }

  private static void compare(JsonNode theirs, float[] ours) {
    assertThat(theirs.size()).isEqualTo(ours.length);
    for (int i = 0; i < ours.length; i++) {
      assertThat((double) ours[i]).isCloseTo(theirs.get(i).asDouble(), within(2e-4));
    }
  }

  private static JsonNode run(String kind, Path base, Path adapter, String merged)
      throws Exception {
    String out = PythonEnv.run(SCRIPT, kind, base.toString(), adapter.toString(), merged);
    return new ObjectMapper().readTree(out.substring(out.indexOf("JSON") + 4));
  }
}
