package org.plumbline.model.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.plumbline.model.adapter.Adapter;
import org.plumbline.model.adapter.LowRank;
import org.plumbline.model.config.TensorRef;
import org.plumbline.model.safetensors.WeightFolder;
import org.plumbline.model.tensor.Gaussians;
import org.plumbline.model.tensor.Parameter;

/** Gradients of every tuning method: those of finite differences, with checkpointing or without. */
@Tag("invariant")
class AdapterGradientsTest {
  private static final List<int[]> ROWS =
      List.of(new int[] {5, 17, 9, 30, 8}, new int[] {33, 6, 12});
  private static final float STEP = 0.003f;
  private static final double DROPOUT = 0.3;
  private static final long SEED = 23;

  /**
   * A weighted sum of hidden states.
   *
   * @param model whose states
   * @param active adapters that take part
   * @param dropout of adapters' inputs, the same elements each time
   */
  private record Loss(TransformerModel model, List<Adapter> active, double dropout) {
    long[] index(TokenBatch batch) {
      List<Long> all = new ArrayList<>();
      for (int b = 0; b < ROWS.size(); b++) {
        for (int t = 0; t < ROWS.get(b).length; t++) {
          all.add(batch.index(b, t));
        }
      }
      return all.stream().mapToLong(Long::longValue).toArray();
    }

    static float[] direction(int size) {
      float[] values = new float[size];
      Gaussians.fill(values, 0.3, new SplittableRandom(5));
      return values;
    }

    private Trace trace(NDManager scope) {
      model.carrier().seed(scope, SEED);
      TokenBatch batch = TokenBatch.of(ROWS);
      return model.trace(scope, batch, index(batch), active, dropout, false);
    }

    double value() {
      try (NDManager scope = model.newScope()) {
        float[] rows = trace(scope).rows().toFloatArray();
        float[] direction = direction(rows.length);
        double sum = 0;
        for (int i = 0; i < rows.length; i++) {
          sum += (double) rows[i] * direction[i];
        }
        return sum;
      }
    }

    List<float[]> gradients(List<Parameter> parameters) {
      try (NDManager scope = model.newScope()) {
        Trace trace = trace(scope);
        NDArray rows = trace.rows();
        NDArray direction = scope.create(direction(Math.toIntExact(rows.size())), rows.getShape());
        return trace.gradients(scope, List.of(rows), List.of(direction), parameters).stream()
            .map(model.carrier()::floats)
            .toList();
      }
    }
  }

  /** Those left out have the formulas of plain LoRA. */
  @TestFactory
  Stream<DynamicTest> equalFiniteDifferences() {
    return AdapterMethodsTest.each(
        name ->
            !name.equals("lora-swapped") && !name.equals("rslora") && !name.equals("lora-regex"),
        LoadOptions.frozen(),
        one -> {
          Tunings.shake(one.model(), one.adapter());
          differences(one, new Loss(one.model(), List.of(one.adapter()), 0));
        });
  }

  /** What is dropped in a layer is dropped when the layer is computed again. */
  @TestFactory
  Stream<DynamicTest> equalFiniteDifferencesWithCheckpointingAndDropout() {
    return AdapterMethodsTest.each(
        name -> name.equals("lora") || name.equals("adalora"),
        LoadOptions.frozen().withCheckpointing(true),
        one -> {
          Tunings.shake(one.model(), one.adapter());
          Loss loss = new Loss(one.model(), List.of(one.adapter()), DROPOUT);
          assertThat(loss.value())
              .isNotCloseTo(new Loss(one.model(), loss.active(), 0).value(), within(1e-3));
          differences(one, loss);
        });
  }

  private static void differences(AdapterMethodsTest.Case one, Loss loss) {
    List<Parameter> parameters = one.adapter().parameters();
    List<float[]> gradients = loss.gradients(parameters);
    SplittableRandom random = new SplittableRandom(41);
    for (int p = 0; p < parameters.size(); p++) {
      Parameter parameter = parameters.get(p);
      double largest = 0;
      for (float g : gradients.get(p)) {
        largest = Math.max(largest, Math.abs(g));
      }
      // A bias of all keys moves all of a query's scores alike.
      if (!parameter.name().contains(".key.") || !parameter.name().endsWith("bias")) {
        assertThat(largest).as(parameter.name()).isGreaterThan(1e-4);
      }
      for (int k = 0; k < 3; k++) {
        int at = random.nextInt(gradients.get(p).length);
        double found =
            (moved(one, loss, parameter, at, STEP) - moved(one, loss, parameter, at, -STEP))
                / (2 * STEP);
        assertThat((double) gradients.get(p)[at])
            .as("%s[%d]", parameter.name(), at)
            .isCloseTo(found, within(0.02 * largest + 2e-3));
      }
    }
  }

  /** The loss with one number moved; lengths that DoRA's gradient takes for constant are kept. */
  private static double moved(
      AdapterMethodsTest.Case one, Loss loss, Parameter parameter, int at, float by) {
    float[] values = one.model().carrier().floats(parameter.value());
    float[] changed = values.clone();
    changed[at] += by;
    for (var entry : one.adapter().lowRanks().entrySet()) {
      LowRank pair = entry.getValue();
      boolean inside = pair.down() == parameter || pair.up() == parameter;
      if (inside && pair.magnitude().isPresent()) {
        Parameter magnitude = pair.magnitude().get();
        double[] before = lengths(one, entry.getKey(), pair);
        Tunings.write(one.model(), parameter, changed);
        double[] after = lengths(one, entry.getKey(), pair);
        float[] m = one.model().carrier().floats(magnitude.value());
        float[] kept = m.clone();
        for (int i = 0; i < kept.length; i++) {
          kept[i] = (float) (m[i] * after[i] / before[i]);
        }
        Tunings.write(one.model(), magnitude, kept);
        double value = loss.value();
        Tunings.write(one.model(), magnitude, m);
        Tunings.write(one.model(), parameter, values);
        return value;
      }
    }
    Tunings.write(one.model(), parameter, changed);
    double value = loss.value();
    Tunings.write(one.model(), parameter, values);
    return value;
  }

  /** ‖W + scale B A‖, row by row. */
  private static double[] lengths(AdapterMethodsTest.Case one, TensorRef ref, LowRank pair) {
    Path base = AdapterMethodsTest.base(one.name());
    int rank = pair.rank();
    float[] down = one.model().carrier().floats(pair.down().value());
    float[] up = one.model().carrier().floats(pair.up().value());
    int in = down.length / rank;
    int out = up.length / rank;
    double[] squares = new double[out];
    try (WeightFolder weights = WeightFolder.open(base)) {
      float[] w = weights.readFloats(ref.name());
      for (int i = 0; i < out; i++) {
        for (int j = 0; j < in; j++) {
          double value = w[ref.transposed() ? j * out + i : i * in + j];
          for (int r = 0; r < rank; r++) {
            value += pair.scale() * up[i * rank + r] * down[r * in + j];
          }
          squares[i] += value * value;
        }
      }
    }
    return Arrays.stream(squares).map(Math::sqrt).toArray();
  }

  @TestFactory
  Stream<DynamicTest> checkpointingChangesNoGradient() {
    return AdapterMethodsTest.each(
        name -> !name.equals("prefix-tuning") && !name.equals("prefix-tuning-encoded"),
        LoadOptions.frozen(),
        one -> {
          Tunings.shake(one.model(), one.adapter());
          Path base = AdapterMethodsTest.base(one.name());
          LoadOptions options = LoadOptions.frozen().withCheckpointing(true);
          try (TransformerModel other = TransformerModel.load(base, options)) {
            Adapter again = other.addAdapter("a", one.adapter().method(), 0, 3);
            Tunings.shake(other, again);
            assertNear(
                new Loss(other, List.of(again), 0).gradients(again.parameters()),
                new Loss(one.model(), List.of(one.adapter()), 0)
                    .gradients(one.adapter().parameters()));
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> checkpointingChangesNoGradientOfABase() {
    return AdapterMethodsTest.BASES.stream()
        .map(
            name ->
                DynamicTest.dynamicTest(
                    name,
                    () -> {
                      Path base = AdapterMethodsTest.base(name);
                      LoadOptions full = LoadOptions.full();
                      try (TransformerModel plain = TransformerModel.load(base, full);
                          TransformerModel again =
                              TransformerModel.load(base, full.withCheckpointing(true))) {
                        assertNear(
                            new Loss(again, List.of(), 0).gradients(again.parameters()),
                            new Loss(plain, List.of(), 0).gradients(plain.parameters()));
                        plain.freeze(1, true);
                        again.freeze(1, true);
                        assertThat(again.parameters().size())
                            .isPositive()
                            .isEqualTo(plain.parameters().size());
                        assertNear(
                            new Loss(again, List.of(), 0).gradients(again.parameters()),
                            new Loss(plain, List.of(), 0).gradients(plain.parameters()));
                      }
                    }));
  }

  private static void assertNear(List<float[]> found, List<float[]> wanted) {
    double difference = 0;
    double norm = 0;
    for (int p = 0; p < wanted.size(); p++) {
      for (int i = 0; i < wanted.get(p).length; i++) {
        double d = (double) found.get(p)[i] - wanted.get(p)[i];
        difference += d * d;
        norm += (double) wanted.get(p)[i] * wanted.get(p)[i];
      }
    }
    assertThat(Math.sqrt(difference / norm)).isLessThanOrEqualTo(1e-5);
  }
}
