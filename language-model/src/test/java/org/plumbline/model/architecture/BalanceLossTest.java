package org.plumbline.model.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.plumbline.model.generation.SequenceScorer;
import org.plumbline.model.generation.SequenceScorer.Sequence;
import org.plumbline.model.safetensors.SafetensorsFile;
import org.plumbline.model.tensor.Parameter;

/** Mixtral's load-balancing loss and its gradient are transformers' (made by make_families.py). */
@Tag("parity")
class BalanceLossTest {
  private static final Path FOLDER = Path.of("src/test/resources/families/mixtral-balanced");

  @Test
  void lossAndGradientsEqualTransformers() throws IOException {
    JsonNode expected =
        new ObjectMapper().readTree(FOLDER.resolve("balance.expected.json").toFile());
    try (TransformerModel model = TransformerModel.load(FOLDER, LoadOptions.full());
        SafetensorsFile file = SafetensorsFile.open(FOLDER.resolve("expected.safetensors"));
        NDManager scope = model.newScope()) {
      double coefficient = model.config().experts().orElseThrow().balanceCoefficient();
      List<int[]> rows = GoldenModel.rows(file, "right.input_ids", "right.attention_mask");
      TokenBatch batch = TokenBatch.of(rows);
      List<Sequence> sequences = rows.stream().map(ids -> new Sequence(ids, 1)).toList();
      long[] index = SequenceScorer.predictors(sequences, batch);
      Trace trace = model.trace(scope, batch, index, List.of(), 0, true);
      List<NDArray> routed = List.of(trace.rows(), trace.balance().orElseThrow());
      assertThat((double) routed.get(1).getFloat())
          .isCloseTo(expected.path("aux_loss").asDouble(), within(1e-5));
      long[] targets = SequenceScorer.targets(sequences);
      float[] weights = new float[targets.length];
      Arrays.fill(weights, 1f / targets.length);
      NllResult loss = model.nll(scope, routed.get(0), targets, weights, List.of());
      assertThat(loss.loss() + coefficient * routed.get(1).getFloat())
          .isCloseTo(expected.path("loss").asDouble(), within(1e-5));
      List<Parameter> parameters = model.parameters();
      NDArray weight = scope.create((float) coefficient);
      List<NDArray> gradients =
          trace.gradients(scope, routed, List.of(loss.rowGrad(), weight), parameters);
      model.addHeadGradient(parameters, gradients, loss, List.of());
      double[] squares = model.carrier().squareSums(gradients);
      for (int p = 0; p < parameters.size(); p++) {
        double want = expected.path("norms").path(parameters.get(p).name()).asDouble(Double.NaN);
        assertThat(Math.sqrt(squares[p]))
            .as(parameters.get(p).name())
            .isCloseTo(want, within(1e-4 * want + 1e-9));
      }
    }
  }
}
