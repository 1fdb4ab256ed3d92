package org.plumbline.model.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.plumbline.model.config.LogitRules;
import org.plumbline.model.engine.Engine;
import org.plumbline.model.engine.KernelScript;
import org.plumbline.testing.Golden;
import org.plumbline.testing.JsonNumbers;

/**
 * Each rule, and the chain of them, changes logits as transformers' processors do, within 1e-5; our
 * own cases were written by src/test/python/make_logit_rules.py.
 */
@Tag("parity")
class LogitChainParityTest {
  private static final float TOLERANCE = 1e-5f;

  /** The order of {@code generate()}, which the chain has built in. */
  private static final List<String> ORDER =
      List.of(
          "sequence_bias",
          "repetition_penalty",
          "no_repeat_ngram_size",
          "bad_words_ids",
          "min_length",
          "min_new_tokens",
          "suppress_tokens",
          "begin_suppress_tokens",
          "temperature",
          "top_k",
          "top_p",
          "min_p",
          "typical_p",
          "epsilon_cutoff",
          "eta_cutoff");

  private static final Set<String> BESIDES = Set.of("order", "prompt_length", "eos_token_id");

  @TestFactory
  Stream<DynamicNode> processors() throws IOException {
    List<Path> files = Golden.files("sampling", ".json");
    if (files.isEmpty()) {
      return Stream.of(
          DynamicTest.dynamicTest("no golden cases", () -> Golden.require("sampling")));
    }
    List<DynamicNode> tests = new ArrayList<>();
    Path own = Path.of("src/test/resources/org/plumbline/model/generation/logit_rules.json");
    for (Path file : Stream.concat(files.stream(), Stream.of(own)).toList()) {
      JsonNode golden = JsonNumbers.read(file);
      List<DynamicTest> cases = new ArrayList<>();
      for (JsonNode given : golden.path("cases")) {
        cases.add(DynamicTest.dynamicTest(given.path("name").asText(), () -> check(golden, given)));
      }
      tests.add(DynamicContainer.dynamicContainer(file.getFileName().toString(), cases));
    }
    return tests.stream();
  }

  private static void check(JsonNode golden, JsonNode given) {
    JsonNode keys = given.path("config");
    keys.fieldNames()
        .forEachRemaining(
            key ->
                assertThat(ORDER.contains(key) || BESIDES.contains(key))
                    .as("unknown key %s", key)
                    .isTrue());
    List<String> order = new ArrayList<>();
    keys.path("order").forEach(name -> order.add(name.asText()));
    assertThat(order).isEqualTo(ORDER.stream().filter(order::contains).toList());
    long[] shape = JsonNumbers.shape(golden.path("scores"));
    float[] logits = JsonNumbers.floats(golden.path("scores"), Float.NEGATIVE_INFINITY);
    float[] want = JsonNumbers.floats(given.path("scores"), Float.NEGATIVE_INFINITY);
    try (NDManager manager = Engine.manager("cpu");
        KernelScript kernels =
            KernelScript.load(manager, "/org/plumbline/model/kernels/sampling.py", Map.of())) {
      LogitChain chain = new LogitChain(kernels, config(keys));
      NDArray ruled =
          chain.ruled(manager, manager.create(logits, new Shape(shape)), drafts(golden, keys));
      NDArray actual = chain.truncated(manager, ruled);
      assertThat(actual.toFloatArray()).containsExactly(want, within(TOLERANCE));
      List<Boolean> kept = new ArrayList<>();
      given.path("kept").forEach(row -> row.forEach(cell -> kept.add(cell.asBoolean())));
      for (int i = 0; i < kept.size(); i++) {
        assertThat(want[i] > Float.NEGATIVE_INFINITY).isEqualTo(kept.get(i));
      }
      assertThat(actual.softmax(-1).toFloatArray())
          .containsExactly(JsonNumbers.floats(given.path("probs")), within(TOLERANCE));
    }
  }

  private static List<Draft> drafts(JsonNode golden, JsonNode keys) {
    List<Draft> drafts = new ArrayList<>();
    for (JsonNode row : golden.path("input_ids")) {
      int[] ids = JsonNumbers.ints(row);
      int prompt = keys.path("prompt_length").asInt(ids.length);
      Draft draft = new Draft(drafts.size(), Arrays.copyOf(ids, prompt), ids.length, false);
      Arrays.stream(ids, prompt, ids.length).forEach(id -> draft.append(id, 0));
      drafts.add(draft);
    }
    return drafts;
  }

  private static SamplingConfig config(JsonNode keys) {
    List<List<Integer>> badWords = new ArrayList<>();
    keys.path("bad_words_ids").forEach(run -> badWords.add(ids(run)));
    Map<List<Integer>, Double> biases = new LinkedHashMap<>();
    keys.path("sequence_bias")
        .forEach(pair -> biases.put(ids(pair.get(0)), pair.get(1).asDouble()));
    JsonNode eos = keys.path("eos_token_id");
    return new SamplingConfig(
            1,
            keys.path("temperature").asDouble(1),
            keys.path("top_k").asInt(0),
            keys.path("top_p").asDouble(1),
            keys.path("min_p").asDouble(0),
            keys.path("repetition_penalty").asDouble(1),
            new LinkedHashSet<>(eos.isInt() ? List.of(eos.asInt()) : ids(eos)))
        .with(
            new LogitRules(
                keys.path("typical_p").asDouble(1),
                keys.path("epsilon_cutoff").asDouble(0),
                keys.path("eta_cutoff").asDouble(0),
                keys.path("no_repeat_ngram_size").asInt(0),
                keys.path("min_length").asInt(0),
                keys.path("min_new_tokens").asInt(0),
                new LinkedHashSet<>(ids(keys.path("suppress_tokens"))),
                new LinkedHashSet<>(ids(keys.path("begin_suppress_tokens"))),
                badWords,
                biases));
  }

  private static List<Integer> ids(JsonNode node) {
    List<Integer> ids = new ArrayList<>();
    node.forEach(id -> ids.add(id.asInt()));
    return ids;
  }
}
