package org.plumbline.model.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.model.ModelFormatException;
import org.plumbline.model.adapter.Adapter;
import org.plumbline.model.adapter.Lora;
import org.plumbline.model.config.GenerationConfig;
import org.plumbline.model.config.LlamaSize;
import org.plumbline.model.config.NewModels;
import org.plumbline.model.config.SpecialIds;
import org.plumbline.model.config.TransformerConfig;
import org.plumbline.model.safetensors.SafetensorsFile;
import org.plumbline.model.tokenizer.ByteLevelBpeTrainer;
import org.plumbline.model.tokenizer.SpecialNames;
import org.plumbline.model.tokenizer.TextTokenizer;
import org.plumbline.model.tokenizer.TokenAdder;
import org.plumbline.testing.PythonEnv;

/** New special tokens: in the tokenizer, as mean rows of the embeddings, and with an adapter. */
class NewTokensTest {
  private static final List<String> NEW = List.of("<tool>", "</tool>");

  @TempDir private Path folder;
  private Path base;

  @BeforeEach
  void make() throws IOException {
    base = Files.createDirectories(folder.resolve("base"));
    ByteLevelBpeTrainer.train(
            List.of("call the tool now", "the tool answers").iterator(), 280, SpecialNames.CHAT_ML)
        .write(base, SpecialNames.chatMl());
    try (TextTokenizer tokenizer = TextTokenizer.open(base)) {
      SpecialIds ids = new SpecialIds(OptionalInt.empty(), List.of(2), OptionalInt.of(0));
      LlamaSize size = new LlamaSize(tokenizer.vocabSize(), 16, 24, 2, 2, 2, 64, 10_000, false);
      TransformerConfig config = NewModels.llama(size, ids);
      try (TransformerModel model = TransformerModel.create(config, LoadOptions.full(), 4)) {
        model.save(base);
      }
      GenerationConfig.of(ids).write(base);
    }
  }

  private Path adapterWithTokens() throws IOException {
    Path out = Files.createDirectories(folder.resolve("adapter"));
    try (TextTokenizer tokenizer = TextTokenizer.open(base)) {
      assertThat(TokenAdder.add(tokenizer, List.of("<tool>", "</tool>", "<tool>"), out))
          .isEqualTo(NEW);
    }
    try (TextTokenizer more = TextTokenizer.open(out);
        TransformerModel model =
            TransformerModel.load(base, LoadOptions.frozen(), more.vocabSize())) {
      Lora lora = Lora.of(2, 4, 0, List.of("q_proj", "v_proj"));
      Adapter adapter = model.addAdapter("new", lora, 0, 3);
      model.saveAdapter(adapter, out, base);
    }
    return out;
  }

  @Test
  void theTokenizerKeepsThemWhole() throws IOException {
    Path out = adapterWithTokens();
    try (TextTokenizer before = TextTokenizer.open(base);
        TextTokenizer after = TextTokenizer.open(out)) {
      assertThat(after.vocabSize()).isEqualTo(before.vocabSize() + 2);
      int[] ids = after.encode("<tool>now</tool>", false);
      assertThat(ids[0]).isEqualTo(before.vocabSize());
      assertThat(ids[ids.length - 1]).isEqualTo(before.vocabSize() + 1);
      assertThat(after.decode(ids, true)).isEqualTo("now");
      assertThat(after.encode("call the tool", false))
          .isEqualTo(before.encode("call the tool", false));
    }
  }

  @Test
  void newRowsAreTheMeanOfTheOldAndTravelWithTheAdapter() throws IOException {
    Path out = adapterWithTokens();
    float[] stored;
    int hidden = 16;
    try (SafetensorsFile file = SafetensorsFile.open(base.resolve("model.safetensors"))) {
      stored = file.readFloats("model.embed_tokens.weight");
    }
    try (SafetensorsFile file = SafetensorsFile.open(out.resolve("adapter_model.safetensors"))) {
      float[] grown = file.readFloats("base_model.model.model.embed_tokens.weight");
      assertThat(grown).hasSize(stored.length + 2 * hidden);
      assertThat(file.tensors()).containsKey("base_model.model.lm_head.weight");
      for (int h = 0; h < hidden; h++) {
        double mean = 0;
        for (int row = 0; row < stored.length / hidden; row++) {
          mean += stored[row * hidden + h];
        }
        mean /= stored.length / hidden;
        assertThat((double) grown[stored.length + h]).isCloseTo(mean, within(1e-6));
        assertThat((double) grown[stored.length + hidden + h]).isCloseTo(mean, within(1e-6));
      }
    }
    try (ModelBundle bundle = ModelBundle.open(out, LoadOptions.frozen())) {
      assertThat(bundle.model().config().vocabSize()).isEqualTo(stored.length / hidden + 2);
      assertThat(bundle.encoder().tokenizer().idOf("<tool>")).isPresent();
      int[] ids = bundle.encoder().tokenizer().encode("<tool>now", false);
      assertThat(GoldenModel.logits(bundle.model(), List.of(ids), bundle.active())).hasSize(1);
    }
    try (TransformerModel plain = TransformerModel.load(base, LoadOptions.frozen())) {
      assertThatThrownBy(() -> plain.loadAdapter("late", out))
          .isInstanceOf(ModelFormatException.class)
          .hasMessageContaining("open base and adapter together");
    }
  }

  @Test
  void peftReadsTheAdapterWithItsEmbeddings() throws IOException {
    PythonEnv.assume();
    Path out = adapterWithTokens();
    String script =
        """
        import json, sys, torch
        from transformers import AutoModelForCausalLM, AutoTokenizer
        from peft import PeftModel
        base, adapter = sys.argv[1], sys.argv[2]
        tokenizer = AutoTokenizer.from_pretrained(adapter)
        model = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32)
        model.resize_token_embeddings(len(tokenizer))
        model = PeftModel.from_pretrained(model, adapter).eval()
        ids = tokenizer("<tool>call the tool</tool>")["input_ids"]
        with torch.no_grad():
            logits = model(input_ids=torch.tensor([ids])).logits[0, -1].tolist()
        print("JSON" + json.dumps({"ids": ids, "logits": logits}))
        """;
    String said = PythonEnv.run(script, base.toString(), out.toString());
    JsonNode theirs = new ObjectMapper().readTree(said.substring(said.indexOf("JSON") + 4));
    try (ModelBundle bundle = ModelBundle.open(out, LoadOptions.frozen())) {
      int[] ids = bundle.encoder().tokenizer().encode("<tool>call the tool</tool>", true);
      assertThat(new ObjectMapper().convertValue(theirs.path("ids"), int[].class)).isEqualTo(ids);
      float[][] logits = GoldenModel.logits(bundle.model(), List.of(ids), bundle.active()).get(0);
      for (int v = 0; v < logits[0].length; v++) {
        assertThat((double) logits[ids.length - 1][v])
            .isCloseTo(theirs.path("logits").path(v).asDouble(), within(2e-4));
      }
    }
  }
}
