package org.plumbline.model.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.plumbline.model.adapter.Adapter;
import org.plumbline.model.architecture.SavedModulesTest.Case;
import org.plumbline.model.tensor.Parameter;

/** Gradients of embeddings and output heads that an adapter trains whole. */
@Tag("invariant")
class SavedModulesGradientsTest {
  private static final List<int[]> ROWS = SavedModulesTest.ROWS;
  private static final float STEP = 0.003f;
  private static final float WEIGHT = 0.1f;

  /** Every next token and where it is predicted. */
  private record Targets(TokenBatch batch, long[] index, long[] ids, float[] weights) {
    static Targets all() {
      TokenBatch batch = TokenBatch.of(ROWS);
      List<Long> index = new ArrayList<>();
      List<Long> ids = new ArrayList<>();
      for (int b = 0; b < ROWS.size(); b++) {
        for (int t = 1; t < ROWS.get(b).length; t++) {
          index.add(batch.index(b, t - 1));
          ids.add((long) ROWS.get(b)[t]);
        }
      }
      float[] weights = new float[ids.size()];
      Arrays.fill(weights, WEIGHT);
      return new Targets(
          batch,
          index.stream().mapToLong(Long::longValue).toArray(),
          ids.stream().mapToLong(Long::longValue).toArray(),
          weights);
    }
  }

  private record Learned(double loss, List<float[]> gradients) {}

  /** Σ weight · −log p and its gradient as sft has it. */
  private static Learned inChunks(Case one) {
    Targets targets = Targets.all();
    List<Adapter> active = List.of(one.adapter());
    List<Parameter> parameters = one.adapter().parameters();
    TransformerModel model = one.model();
    try (NDManager scope = model.newScope()) {
      Trace trace = model.trace(scope, targets.batch(), targets.index(), active, 0, false);
      NllResult result = model.nll(scope, trace.rows(), targets.ids(), targets.weights(), active);
      List<NDArray> gradients =
          trace.gradients(scope, List.of(trace.rows()), List.of(result.rowGrad()), parameters);
      model.addHeadGradient(parameters, gradients, result, active);
      return new Learned(result.loss(), gradients.stream().map(model.carrier()::floats).toList());
    }
  }

  /** The same through a graph of log-probabilities, as ppo has it. */
  private static Learned throughAGraph(Case one) {
    Targets targets = Targets.all();
    List<Adapter> active = List.of(one.adapter());
    TransformerModel model = one.model();
    try (NDManager scope = model.newScope()) {
      Trace trace = model.trace(scope, targets.batch(), targets.index(), active, 0, false);
      NDArray logProbs = model.logProbs(scope, trace.rows(), targets.ids(), active, 1, true).get(0);
      float[] values = logProbs.toFloatArray();
      double loss = 0;
      for (float value : values) {
        loss -= WEIGHT * value;
      }
      float[] above = new float[values.length];
      Arrays.fill(above, -WEIGHT);
      List<NDArray> gradients =
          trace.gradients(
              scope, List.of(logProbs), List.of(scope.create(above)), one.adapter().parameters());
      return new Learned(loss, gradients.stream().map(model.carrier()::floats).toList());
    }
  }

  @TestFactory
  Stream<DynamicTest> areThoseOfFiniteDifferences() {
    return SavedModulesTest.each(
        LoadOptions.frozen(),
        one -> {
          Tunings.shake(one.model(), one.adapter());
          List<Parameter> parameters = one.adapter().parameters();
          List<float[]> gradients = inChunks(one).gradients();
          int seen = 0;
          for (int p = 0; p < parameters.size(); p++) {
            if (!parameters.get(p).name().contains("lora")) {
              seen++;
              differences(one, parameters.get(p), gradients.get(p));
            }
          }
          assertThat(seen).isEqualTo(one.modules().size());
        });
  }

  private static void differences(Case one, Parameter parameter, float[] gradient) {
    SplittableRandom random = new SplittableRandom(41);
    int columns = Math.toIntExact(parameter.value().getShape().get(1));
    for (int k = 1; k < 6; k++) {
      int at = ROWS.get(0)[k] * columns + random.nextInt(columns);
      double found =
          (moved(one, parameter, at, STEP) - moved(one, parameter, at, -STEP)) / (2 * STEP);
      assertThat((double) gradient[at])
          .as("%s[%d]", parameter.name(), at)
          .isNotZero()
          .isCloseTo(found, within(2e-3 + 0.02 * Math.abs(found)));
    }
  }

  private static double moved(Case one, Parameter parameter, int at, float by) {
    float[] values = one.model().carrier().floats(parameter.value());
    float[] changed = values.clone();
    changed[at] += by;
    Tunings.write(one.model(), parameter, changed);
    double loss = inChunks(one).loss();
    Tunings.write(one.model(), parameter, values);
    return loss;
  }

  /** Chunks, a graph, and either with layers computed again. */
  @TestFactory
  Stream<DynamicTest> areTheSameOnEveryWay() {
    return SavedModulesTest.each(
        LoadOptions.frozen(),
        one -> {
          Tunings.shake(one.model(), one.adapter());
          Learned wanted = inChunks(one);
          near(throughAGraph(one), wanted);
          LoadOptions again = LoadOptions.frozen().withCheckpointing(true);
          try (TransformerModel model = TransformerModel.load(one.base().path(), again)) {
            Adapter adapter = SavedModulesTest.add(model, "a", one.modules());
            Case other = new Case(one.base(), one.modules(), model, adapter);
            Tunings.shake(model, adapter);
            near(inChunks(other), wanted);
            near(throughAGraph(other), wanted);
          }
        });
  }

  private static void near(Learned found, Learned wanted) {
    assertThat(found.loss()).isCloseTo(wanted.loss(), within(1e-4));
    for (int p = 0; p < wanted.gradients().size(); p++) {
      assertThat(found.gradients().get(p))
          .containsExactly(wanted.gradients().get(p), within(1e-4f));
    }
  }
}
