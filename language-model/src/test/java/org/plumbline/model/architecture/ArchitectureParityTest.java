package org.plumbline.model.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.plumbline.model.ModelFormatException;
import org.plumbline.model.generation.Generated;
import org.plumbline.model.generation.Generator;
import org.plumbline.model.generation.SamplingConfig;
import org.plumbline.model.generation.SequenceScorer;
import org.plumbline.model.generation.SequenceScorer.Sequence;
import org.plumbline.model.safetensors.SafetensorsFile;
import org.plumbline.model.tensor.Parameter;
import org.plumbline.testing.Golden;

/** Logits, log-probabilities, greedy tokens, scores and gradients equal transformers' (float32). */
@Tag("parity")
class ArchitectureParityTest {
  private static final double LOGIT = 2e-4;
  private static final double LOG_PROB = 1e-4;

  /** Images come with a later issue; nothing else of the goldens is left out. */
  @TestFactory
  Stream<DynamicTest> familiesThatAreNotThereAreRefusedByName() {
    return Golden.perDirectory(
        "architectures",
        folder -> {
          String type = GoldenModel.modelType(folder);
          if (GoldenModel.isKnown(folder)) {
            TransformerModel.load(folder, LoadOptions.frozen()).close();
          } else {
            assertThat(type).isEqualTo("llava");
            assertThatThrownBy(() -> TransformerModel.load(folder, LoadOptions.frozen()))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining(type);
          }
        });
  }

  private static boolean holdsTokenLogits(Path folder) {
    try (SafetensorsFile file = open(folder)) {
      return file.tensors().containsKey("right.logits")
          && file.tensor("right.logits").spec().shape().length == 3;
    }
  }

  @TestFactory
  Stream<DynamicTest> logitsOnEitherPaddingSide() {
    return GoldenModel.perFamily(
        ArchitectureParityTest::holdsTokenLogits,
        folder -> {
          try (SafetensorsFile expected = open(folder);
              TransformerModel model = TransformerModel.load(folder, LoadOptions.frozen())) {
            for (String side : List.of("right", "left")) {
              String ids = side + ".input_ids";
              String mask = side + ".attention_mask";
              if (!expected.tensors().containsKey(ids)) {
                continue;
              }
              List<int[]> rows = GoldenModel.rows(expected, ids, mask);
              TokenBatch batch = GoldenModel.batch(expected, rows, side);
              List<float[][]> actual = GoldenModel.logits(model, batch, List.of());
              compareLogits(expected, side, actual, GoldenModel.columns(expected, mask));
            }
          }
        });
  }

  private static void compareLogits(
      SafetensorsFile expected, String side, List<float[][]> actual, List<int[]> columns) {
    boolean all = expected.tensors().containsKey(side + ".logits");
    float[] want = expected.readFloats(side + (all ? ".logits" : ".last_logits"));
    long[] shape = expected.tensor(side + (all ? ".logits" : ".last_logits")).spec().shape();
    int vocabulary = (int) shape[shape.length - 1];
    for (int b = 0; b < actual.size(); b++) {
      int[] real = columns.get(b);
      for (int t = all ? 0 : real.length - 1; t < real.length; t++) {
        int at = all ? (int) (b * shape[1] + real[t]) * vocabulary : b * vocabulary;
        float[] row = Arrays.copyOfRange(want, at, at + vocabulary);
        assertThat(actual.get(b)[t])
            .as("%s row %d position %d", side, b, t)
            .containsExactly(row, within((float) LOGIT));
      }
    }
  }

  @TestFactory
  Stream<DynamicTest> logProbabilities() {
    return GoldenModel.perFamily(
        GoldenModel.holds("right.logprobs"),
        folder -> {
          try (SafetensorsFile expected = open(folder);
              TransformerModel model = TransformerModel.load(folder, LoadOptions.frozen())) {
            List<int[]> rows =
                GoldenModel.rows(expected, "right.input_ids", "right.attention_mask");
            List<Sequence> sequences = rows.stream().map(ids -> new Sequence(ids, 1)).toList();
            List<float[]> actual = new SequenceScorer(model, 2).logProbs(sequences, List.of(), 1.0);
            float[] want = expected.readFloats("right.logprobs");
            int width = want.length / rows.size();
            for (int b = 0; b < rows.size(); b++) {
              float[] row = Arrays.copyOfRange(want, b * width, b * width + rows.get(b).length - 1);
              assertThat(actual.get(b)).containsExactly(row, within((float) LOG_PROB));
            }
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> greedyTokens() {
    return GoldenModel.perFamily(
        GoldenModel.holds("gen.left.sequences"),
        folder -> {
          try (SafetensorsFile expected = open(folder);
              TransformerModel model = TransformerModel.load(folder, LoadOptions.frozen());
              Generator generator = new Generator(model, 16)) {
            List<int[]> prompts =
                GoldenModel.rows(expected, "gen.left.input_ids", "gen.left.attention_mask");
            int promptWidth = (int) expected.tensor("gen.left.input_ids").spec().shape()[1];
            long[] want = expected.readLongs("gen.left.sequences");
            int width = want.length / prompts.size();
            SamplingConfig greedy = SamplingConfig.greedy(width - promptWidth, Set.of());
            List<Generated> batch = generator.generate(prompts, List.of(), greedy, row -> null);
            for (int b = 0; b < prompts.size(); b++) {
              long[] reply = Arrays.copyOfRange(want, b * width + promptWidth, (b + 1) * width);
              int[] tokens = Arrays.stream(reply).mapToInt(Math::toIntExact).toArray();
              assertThat(batch.get(b).ids()).as("row %d", b).isEqualTo(tokens);
              Generated alone =
                  generator
                      .generate(List.of(prompts.get(b)), List.of(), greedy, row -> null)
                      .get(0);
              assertThat(alone.ids()).as("row %d alone", b).isEqualTo(tokens);
            }
            stopsAtTheEndToken(folder, expected, generator, prompts, promptWidth);
          }
        });
  }

  private static void stopsAtTheEndToken(
      Path folder,
      SafetensorsFile expected,
      Generator generator,
      List<int[]> prompts,
      int promptWidth)
      throws Exception {
    if (!expected.tensors().containsKey("gen_eos.sequences")) {
      return;
    }
    int eos = (int) expected.readLongs("gen_eos.eos_token_id")[0];
    long[] want = expected.readLongs("gen_eos.sequences");
    int width = want.length / prompts.size();
    SamplingConfig greedy = SamplingConfig.greedy(24, Set.of(eos));
    List<Generated> replies = generator.generate(prompts, List.of(), greedy, row -> null);
    for (int b = 0; b < prompts.size(); b++) {
      int[] reply = replies.get(b).ids();
      for (int t = 0; t < reply.length && t < width - promptWidth; t++) {
        assertThat(reply[t]).isEqualTo((int) want[b * width + promptWidth + t]);
      }
      int end = reply[reply.length - 1];
      assertThat(replies.get(b).stopped()).isEqualTo(end == eos);
    }
  }

  @TestFactory
  Stream<DynamicTest> rewards() {
    return GoldenModel.perFamily(
        GoldenModel.holds("right.token_scores"),
        folder -> {
          try (SafetensorsFile expected = open(folder)) {
            try (TransformerModel model = TransformerModel.load(folder, LoadOptions.frozen())) {
              for (String side : List.of("right", "left")) {
                if (!expected.tensors().containsKey(side + ".logits")) {
                  continue;
                }
                List<int[]> rows =
                    GoldenModel.rows(expected, side + ".input_ids", side + ".attention_mask");
                double[] scores = new SequenceScorer(model, 3).scores(rows, List.of());
                float[] want = expected.readFloats(side + ".logits");
                for (int b = 0; b < rows.size(); b++) {
                  assertThat(scores[b]).as("%s row %d", side, b).isCloseTo(want[b], within(LOGIT));
                }
              }
            }
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> gradients() {
    return GoldenModel.perFamily(
        folder -> Files.exists(folder.resolve("grads.expected.json")),
        folder -> {
          Path file = folder.resolve("grads.expected.json");
          JsonNode expected = new ObjectMapper().readTree(file.toFile());
          try (SafetensorsFile batch = open(folder);
              TransformerModel model = TransformerModel.load(folder, LoadOptions.full())) {
            compareGradients(
                folder,
                model,
                GoldenModel.rows(batch, "right.input_ids", "right.attention_mask"),
                expected);
          }
        });
  }

  private static void compareGradients(
      Path folder, TransformerModel model, List<int[]> rows, JsonNode expected) {
    try (NDManager scope = model.newScope()) {
      TokenBatch tokens = TokenBatch.of(rows);
      List<Sequence> sequences = rows.stream().map(ids -> new Sequence(ids, 1)).toList();
      long[] index = SequenceScorer.predictors(sequences, tokens);
      Trace trace = model.trace(scope, tokens, index, List.of(), 0, false);
      NDArray picked = trace.rows();
      long[] targets = SequenceScorer.targets(sequences);
      float[] weights = new float[targets.length];
      Arrays.fill(weights, 1f / targets.length);
      NllResult loss = model.nll(scope, picked, targets, weights, List.of());
      List<Parameter> parameters = model.parameters();
      List<NDArray> gradients =
          trace.gradients(scope, List.of(picked), List.of(loss.rowGrad()), parameters);
      model.addHeadGradient(parameters, gradients, loss, List.of());
      assertThat(loss.loss()).isCloseTo(expected.path("loss").asDouble(), within(1e-5));
      double[] squares = model.carrier().squareSums(gradients);
      List<String> names = new ArrayList<>();
      for (int i = 0; i < parameters.size(); i++) {
        String name = parameters.get(i).name();
        names.add(name);
        JsonNode want = expected.path("parameters").path(name);
        assertThat(want.isMissingNode()).as("expected gradient of %s", name).isFalse();
        double norm = want.path("norm").asDouble();
        assertThat(Math.sqrt(squares[i])).as(name).isCloseTo(norm, within(1e-4 * norm + 1e-9));
        float[] values = model.carrier().floats(gradients.get(i));
        double largest = 0;
        for (float value : values) {
          largest = Math.max(largest, Math.abs(value));
        }
        for (int k = 0; k < want.path("head").size(); k++) {
          assertThat((double) values[k])
              .as("%s[%d]", name, k)
              .isCloseTo(want.path("head").get(k).asDouble(), within(1e-4 * largest));
        }
      }
      assertThat(names).hasSize(expected.path("parameters").size());
      compareWhole(folder, model, gradients);
    }
  }

  /** ‖Δg‖ / ‖g‖ of each tensor, where the case holds whole gradients. */
  private static void compareWhole(Path folder, TransformerModel model, List<NDArray> gradients) {
    Path file = folder.resolve("gradients.safetensors");
    if (!Files.exists(file)) {
      return;
    }
    try (SafetensorsFile whole = SafetensorsFile.open(file)) {
      for (int p = 0; p < gradients.size(); p++) {
        String name = model.parameters().get(p).name();
        float[] want = whole.readFloats(name);
        float[] found = model.carrier().floats(gradients.get(p));
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < want.length; i++) {
          difference += ((double) want[i] - found[i]) * ((double) want[i] - found[i]);
          norm += (double) want[i] * want[i];
        }
        assertThat(Math.sqrt(difference))
            .as("gradient of %s", name)
            .isLessThanOrEqualTo(1e-4 * Math.sqrt(norm) + 1e-12);
      }
    }
  }

  private static SafetensorsFile open(Path folder) {
    return SafetensorsFile.open(folder.resolve("expected.safetensors"));
  }
}
