package org.plumbline.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.model.engine.Engine;
import org.plumbline.model.safetensors.DType;
import org.plumbline.model.safetensors.SafetensorsFile;
import org.plumbline.model.tensor.Gaussians;
import org.plumbline.model.tensor.Parameter;
import org.plumbline.model.tensor.TensorCarrier;

/** AdamW with 8-bit moments: as bitsandbytes, near AdamW, a quarter of its state. */
class EightBitAdamTest {
  private static final OptimizerConfig EIGHT = OptimizerConfig.of(OptimizerKind.ADAMW_8BIT);
  private static final OptimizerConfig FULL = OptimizerConfig.of(OptimizerKind.ADAMW);

  @TempDir private Path folder;

  private NDManager manager;
  private TensorCarrier carrier;

  @BeforeEach
  void open() {
    manager = Engine.manager("cpu");
    carrier = new TensorCarrier(manager);
  }

  @AfterEach
  void close() {
    carrier.close();
    manager.close();
  }

  private Parameter parameter(String name, Shape shape, IntToDoubleFunction value) {
    NDArray array = array(shape, value);
    array.setRequiresGradient(true);
    return new Parameter(name, array, () -> {});
  }

  private NDArray array(Shape shape, IntToDoubleFunction value) {
    float[] values = new float[(int) shape.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) value.applyAsDouble(i);
    }
    return manager.create(values, shape);
  }

  /** The numbers are made by adamw_8bit.py, which stands beside them. */
  @Test
  void fiveStepsAreThoseOfBitsandbytes() throws URISyntaxException {
    OptimizerConfig config =
        new OptimizerConfig(
            OptimizerKind.ADAMW_8BIT,
            0.9,
            0.99,
            Optional.empty(),
            0.1,
            false,
            Optional.empty(),
            0,
            false,
            0.99,
            false,
            false);
    Shape shape = new Shape(60, 70);
    Parameter weight = parameter("w", shape, i -> Math.sin(0.37 * i));
    try (Optimizer optimizer = new Optimizer(config, manager, List.of(weight));
        SafetensorsFile wanted = SafetensorsFile.open(fixture())) {
      for (int t = 0; t < 5; t++) {
        int step = t;
        IntToDoubleFunction gradient =
            i -> Math.sin(0.11 * i + 1.3 * step) * Math.pow(10, -(i % 7));
        optimizer.step(List.of(array(shape, gradient)), 0.01);
      }
      assertThat(carrier.floats(weight.value()))
          .containsExactly(wanted.readFloats("w"), within(1e-5f));
      Map<String, NDArray> state = optimizer.state();
      for (String slot : List.of("exp_avg", "exp_avg_sq")) {
        float[] top = wanted.readFloats(slot + "_absmax");
        float[] ours = state.get(slot + "_absmax/w").toFloatArray();
        assertThat(ours).hasSameSizeAs(top);
        for (int i = 0; i < top.length; i++) {
          assertThat(ours[i]).isCloseTo(top[i], within(1e-5f * top[i]));
        }
        float[] codes = carrier.floats(state.get(slot + "/w"));
        float[] theirs = wanted.readFloats(slot);
        int differ = 0;
        for (int i = 0; i < codes.length; i++) {
          assertThat(codes[i]).as("%s %d", slot, i).isCloseTo(theirs[i], within(1f));
          differ += codes[i] == theirs[i] ? 0 : 1;
        }
        assertThat(differ).as("codes at the middle between two levels").isLessThan(10);
      }
    }
  }

  private static Path fixture() throws URISyntaxException {
    return Path.of(
        Objects.requireNonNull(EightBitAdamTest.class.getResource("adamw_8bit.safetensors"))
            .toURI());
  }

  /** Linear regression: the loss falls as under AdamW, and to nearly the same weights. */
  @Test
  void aRegressionGoesAsUnderAdamW() {
    double[] eight = regression(EIGHT);
    double[] full = regression(FULL);
    assertThat(full[200]).isLessThan(full[0] / 1000);
    for (int step = 0; step <= 200; step += 20) {
      assertThat(eight[step])
          .as("loss after %d steps", step)
          .isCloseTo(full[step], within(0.05 * full[step] + 1e-3 * full[0]));
    }
  }

  /** Losses of 200 steps on 128 rows, 64 inputs, 64 outputs. */
  private double[] regression(OptimizerConfig config) {
    NDArray x = normal(new Shape(128, 64), 1);
    NDArray target = x.matMul(normal(new Shape(64, 64), 2));
    Parameter weight = parameter("w", new Shape(64, 64), i -> 0);
    double[] losses = new double[201];
    try (Optimizer optimizer = new Optimizer(config, manager, List.of(weight))) {
      for (int step = 0; step <= 200; step++) {
        try (NDManager scope = manager.newSubManager()) {
          NDArray input = scope.create(x.toFloatArray(), x.getShape());
          NDArray value = scope.create(carrier.floats(weight.value()), weight.value().getShape());
          NDArray error =
              input.matMul(value).sub(scope.create(target.toFloatArray(), target.getShape()));
          losses[step] = error.square().mean().getFloat();
          NDArray gradient = input.transpose().matMul(error).div(128 * 64 / 2);
          optimizer.step(List.of(gradient), 0.05);
        }
      }
    }
    return losses;
  }

  private NDArray normal(Shape shape, long seed) {
    float[] values = new float[(int) shape.size()];
    Gaussians.fill(values, 1, new SplittableRandom(seed));
    return manager.create(values, shape);
  }

  @Test
  void stateTakesAQuarterOfTheBytes() {
    List<Parameter> one = List.of(parameter("w", new Shape(256, 256), i -> 0));
    try (Optimizer eight = new Optimizer(EIGHT, manager, one);
        Optimizer full = new Optimizer(FULL, manager, one)) {
      double share = (double) bytes(eight) / bytes(full);
      assertThat(share).isCloseTo(0.25 + 1 / 256.0, within(1e-9));
    }
  }

  private static long bytes(Optimizer optimizer) {
    return optimizer.state().values().stream()
        .mapToLong(t -> t.getShape().size() * t.getDataType().getNumOfBytes())
        .sum();
  }

  @Test
  void smallParametersMoveAsUnderAdamW() {
    Shape shape = new Shape(63, 65);
    Parameter ours = parameter("w", shape, i -> Math.cos(i));
    Parameter theirs = parameter("w", shape, i -> Math.cos(i));
    NDArray gradient = array(shape, i -> Math.sin(i));
    try (Optimizer eight = new Optimizer(EIGHT, manager, List.of(ours));
        Optimizer full = new Optimizer(FULL, manager, List.of(theirs))) {
      for (int step = 0; step < 3; step++) {
        eight.step(List.of(gradient), 0.01);
        full.step(List.of(gradient), 0.01);
      }
      assertThat(eight.state().values())
          .allMatch(tensor -> tensor.getDataType() == DataType.FLOAT32);
    }
    assertThat(carrier.floats(ours.value())).isEqualTo(carrier.floats(theirs.value()));
  }

  @Test
  void aResumedRunIsBitEqual() {
    Shape large = new Shape(70, 70);
    Shape small = new Shape(5);
    List<Parameter> unbroken =
        List.of(parameter("a", large, Math::sin), parameter("b", small, Math::cos));
    List<Parameter> broken =
        List.of(parameter("a", large, Math::sin), parameter("b", small, Math::cos));
    Path file = folder.resolve("tensors.safetensors");
    try (Optimizer whole = new Optimizer(EIGHT, manager, unbroken);
        Optimizer before = new Optimizer(EIGHT, manager, broken);
        Optimizer after = new Optimizer(EIGHT, manager, broken)) {
      steps(whole, 0, 6);
      steps(before, 0, 3);
      TensorFiles.write(file, before.state(), carrier);
      try (SafetensorsFile stored = SafetensorsFile.open(file)) {
        assertThat(stored.tensor("exp_avg/a").dtype()).isEqualTo(DType.U8);
        assertThat(stored.tensor("exp_avg/b").dtype()).isEqualTo(DType.F32);
      }
      TensorFiles.read(file, after.state(), carrier);
      after.resumeAt(3);
      steps(after, 3, 6);
      whole
          .state()
          .forEach(
              (name, tensor) ->
                  assertThat(carrier.floats(after.state().get(name)))
                      .as(name)
                      .isEqualTo(carrier.floats(tensor)));
    }
    for (int i = 0; i < 2; i++) {
      assertThat(carrier.floats(broken.get(i).value()))
          .isEqualTo(carrier.floats(unbroken.get(i).value()));
    }
  }

  private void steps(Optimizer optimizer, int from, int to) {
    for (int step = from; step < to; step++) {
      int shift = step;
      optimizer.step(
          List.of(
              array(new Shape(70, 70), i -> Math.sin(i * 0.7 + shift)),
              array(new Shape(5), i -> Math.cos(i + shift))),
          0.01);
    }
  }
}
