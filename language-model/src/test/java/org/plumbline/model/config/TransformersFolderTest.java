package org.plumbline.model.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.model.chat.ChatMessage;
import org.plumbline.model.chat.ChatMl;
import org.plumbline.model.safetensors.DType;
import org.plumbline.model.safetensors.TensorSpec;
import org.plumbline.model.safetensors.WeightFolderWriter;
import org.plumbline.model.tokenizer.ByteLevelBpeTrainer;
import org.plumbline.model.tokenizer.SpecialNames;
import org.plumbline.model.tokenizer.TextTokenizer;

/** A folder made here, read by transformers; runs with {@code -Dplumbline.python=…}. */
@Tag("contract")
class TransformersFolderTest {
  private static final List<String> TEXTS =
      List.of(
          "The guest's key, isn't it?  12 345\n\n",
          "Größe 你好 \ud83d\ude00 <|im_end|>\t tail ",
          "a\u00a0b\u3000c \u0085 d\u200b",
          "");

  @TempDir Path folder;

  @Test
  void transformersReadsWhatWeWrite() throws Exception {
    String python = System.getProperty("plumbline.python", "");
    assumeTrue(!python.isEmpty(), "no -Dplumbline.python");
    ByteLevelBpeTrainer.train(
            List.of(TEXTS.get(0), TEXTS.get(1), TEXTS.get(0)).iterator(), 280, SpecialNames.CHAT_ML)
        .write(folder, SpecialNames.chatMl());
    SpecialIds ids = new SpecialIds(OptionalInt.empty(), List.of(2, 0), OptionalInt.of(0));
    LlamaSize size = new LlamaSize(280, 16, 24, 2, 4, 2, 64, 50_000, true);
    TransformerConfig config = NewModels.llama(size, ids);
    config.write(folder);
    GenerationConfig.of(ids).write(folder);
    Map<String, Double> sums = writeWeights(config);

    JsonNode read = run(python);
    assertThat(read.path("hidden_size").asInt()).isEqualTo(16);
    assertThat(read.path("rope_theta").asDouble()).isEqualTo(50_000);
    assertThat(read.path("eos_token_id").toString()).isEqualTo("[2,0]");
    assertThat(read.path("eos_token").asText()).isEqualTo("<|im_end|>");
    assertThat(read.path("pad_token_id").asInt()).isZero();
    assertThat(read.path("missing").size() + read.path("unexpected").size()).isZero();
    sums.forEach(
        (name, sum) ->
            assertThat(read.path("sums").path(name).asDouble())
                .as(name)
                .isCloseTo(sum, within(1e-9)));
    assertThat(read.path("chat").asText())
        .isEqualTo(
            new ChatMl()
                .text(List.of(ChatMessage.user("May I?"), ChatMessage.assistant("Yes")), true));
    try (TextTokenizer tokenizer = TextTokenizer.open(folder)) {
      for (int i = 0; i < TEXTS.size(); i++) {
        int[] ours = tokenizer.encode(TEXTS.get(i), true);
        assertThat(new ObjectMapper().convertValue(read.path("ids").get(i), int[].class))
            .isEqualTo(ours);
        assertThat(read.path("decoded").get(i).asText()).isEqualTo(TEXTS.get(i));
      }
    }
  }

  private Map<String, Double> writeWeights(TransformerConfig config) {
    List<TensorSpec> specs =
        TensorLayout.of(config).all().stream()
            .map(
                ref ->
                    new TensorSpec(
                        ref.name(),
                        DType.F32,
                        ref.shape().stream().mapToLong(Long::longValue).toArray()))
            .toList();
    SplittableRandom random = new SplittableRandom(3);
    Map<String, Double> sums = new LinkedHashMap<>();
    try (WeightFolderWriter writer = WeightFolderWriter.create(folder, "model", specs, 8_000)) {
      for (TensorSpec spec : specs) {
        float[] values = new float[(int) spec.elements()];
        double sum = 0;
        for (int i = 0; i < values.length; i++) {
          values[i] = (float) random.nextDouble(-1, 1);
          sum += values[i];
        }
        sums.put(spec.name(), sum);
        writer.write(spec.name(), values);
      }
      writer.finish();
    }
    return sums;
  }

  private JsonNode run(String python) throws IOException, InterruptedException {
    Path script = folder.resolve("read_folder.py");
    try (InputStream source = getClass().getResourceAsStream("read_folder.py")) {
      Files.write(script, source.readAllBytes());
    }
    Path input = folder.resolve("texts.json");
    Path output = folder.resolve("out.json");
    Path errors = folder.resolve("errors.txt");
    new ObjectMapper().writeValue(input.toFile(), TEXTS);
    Process process =
        new ProcessBuilder(python, script.toString(), folder.toString())
            .redirectInput(input.toFile())
            .redirectOutput(output.toFile())
            .redirectError(errors.toFile())
            .start();
    assertThat(process.waitFor()).as(Files.readString(errors)).isZero();
    return new ObjectMapper().readTree(output.toFile());
  }
}
