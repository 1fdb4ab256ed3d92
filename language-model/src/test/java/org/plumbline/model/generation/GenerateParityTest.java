package org.plumbline.model.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.model.architecture.LoadOptions;
import org.plumbline.model.architecture.TransformerModel;
import org.plumbline.model.config.GenerationConfig;
import org.plumbline.model.config.LlamaSize;
import org.plumbline.model.config.NewModels;
import org.plumbline.model.config.SpecialIds;
import org.plumbline.model.config.TensorLayout;
import org.plumbline.model.config.TransformerConfig;
import org.plumbline.model.safetensors.DType;
import org.plumbline.model.safetensors.TensorSpec;
import org.plumbline.model.safetensors.WeightFolderWriter;
import org.plumbline.testing.Golden;
import org.plumbline.testing.JsonNumbers;

/**
 * Beam search, and greedy replies under rules, equal transformers' generate(); the numbers are made
 * by src/test/python/generate_fixture.py.
 */
@Tag("parity")
class GenerateParityTest {
  private static final JsonNode FIXTURE = read();

  @TempDir Path folder;

  private static JsonNode read() {
    try (InputStream in = GenerateParityTest.class.getResourceAsStream("generate.json")) {
      return new ObjectMapper().readTree(in);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void tinyLlama() throws IOException {
    JsonNode tiny = FIXTURE.path("tiny");
    check(tinyLlama(tiny.path("size"), tiny.path("seed").asLong()), tiny);
  }

  @TestFactory
  Stream<DynamicTest> goldenModels() {
    JsonNode goldens = FIXTURE.path("goldens");
    List<String> names = new ArrayList<>();
    goldens.fieldNames().forEachRemaining(names::add);
    return names.stream()
        .map(
            name ->
                DynamicTest.dynamicTest(
                    name,
                    () -> check(Golden.require("architectures/" + name), goldens.path(name))));
  }

  /** The weights of the script's {@code tiny()}: uniform in [-1, 1), tensors in order of name. */
  private Path tinyLlama(JsonNode size, long seed) {
    TransformerConfig config =
        NewModels.llama(
            new LlamaSize(
                size.path("vocab_size").asInt(),
                size.path("hidden_size").asInt(),
                size.path("intermediate_size").asInt(),
                size.path("num_hidden_layers").asInt(),
                size.path("num_attention_heads").asInt(),
                size.path("num_key_value_heads").asInt(),
                size.path("max_position_embeddings").asInt(),
                10_000,
                false),
            new SpecialIds(
                java.util.OptionalInt.empty(), List.of(), java.util.OptionalInt.empty()));
    config.write(folder);
    Map<String, TensorSpec> specs = new TreeMap<>();
    TensorLayout.of(config)
        .all()
        .forEach(
            ref ->
                specs.put(
                    ref.name(),
                    new TensorSpec(
                        ref.name(),
                        DType.F32,
                        ref.shape().stream().mapToLong(Long::longValue).toArray())));
    long state = seed;
    try (WeightFolderWriter writer =
        WeightFolderWriter.create(folder, List.copyOf(specs.values()))) {
      for (TensorSpec spec : specs.values()) {
        float[] values = new float[(int) spec.elements()];
        for (int i = 0; i < values.length; i++) {
          if (spec.shape().length == 1) {
            values[i] = 1;
          } else {
            state = (1_664_525 * state + 1_013_904_223) % (1L << 32);
            values[i] = (float) (2 * (state / (double) (1L << 32)) - 1);
          }
        }
        writer.write(spec.name(), values);
      }
      writer.finish();
    }
    return folder;
  }

  private void check(Path modelFolder, JsonNode entry) throws IOException {
    List<int[]> prompts = new ArrayList<>();
    entry.path("prompts").forEach(prompt -> prompts.add(JsonNumbers.ints(prompt)));
    try (TransformerModel model = TransformerModel.load(modelFolder, LoadOptions.frozen());
        Generator together = new Generator(model, 64);
        Generator apart = new Generator(model, 1)) {
      for (JsonNode given : entry.path("cases")) {
        for (Generator generator : List.of(together, apart)) {
          check(model, generator, prompts, given);
        }
      }
    }
  }

  private void check(
      TransformerModel model, Generator generator, List<int[]> prompts, JsonNode given)
      throws IOException {
    ObjectNode arguments = (ObjectNode) given.path("arguments");
    Path settings = Files.createDirectories(folder.resolve("settings"));
    Files.writeString(settings.resolve("generation_config.json"), arguments.toString());
    GenerationConfig file = GenerationConfig.read(settings, model.config());
    SamplingConfig config =
        new SamplingConfig(
            file.maxNewTokens().orElseThrow(),
            0,
            0,
            1,
            0,
            file.repetitionPenalty().orElse(1),
            arguments.has("eos_token_id") ? Set.copyOf(file.eos()) : Set.of(),
            file.rules(),
            true);
    int each = arguments.path("num_return_sequences").asInt(1);
    List<Generated> replies =
        file.beams().searches()
            ? generator.search(prompts, List.of(), config, file.beams(), each, StopRule.NONE)
            : generator.generate(prompts, List.of(), config, row -> null);
    assertThat(replies).hasSize(prompts.size() * each);
    for (int i = 0; i < replies.size(); i++) {
      JsonNode want = given.path("replies").path(i / each).path(i % each);
      assertThat(replies.get(i).ids())
          .as("%s, reply %d", arguments, i)
          .isEqualTo(JsonNumbers.ints(want.path("ids")));
      if (want.has("score") && !file.rules().forbids() && config.repetitionPenalty() == 1) {
        int length = replies.get(i).ids().length;
        assertThat(sum(replies.get(i)))
            .as("%s, reply %d", arguments, i)
            .isCloseTo(
                want.path("score").asDouble() * Math.pow(length, file.beams().lengthPenalty()),
                within(1e-4 * length));
      }
    }
  }

  /** What transformers' sequences_scores are before the length penalty. */
  private static double sum(Generated reply) {
    double sum = 0;
    for (float logProb : reply.logProbs()) {
      sum += logProb;
    }
    return sum;
  }
}
