package org.plumbline.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.plumbline.model.engine.Engine;
import org.plumbline.model.tensor.Parameter;
import org.plumbline.model.tensor.TensorCarrier;
import org.plumbline.testing.Golden;
import org.plumbline.testing.JsonNumbers;

/** Optimizers, schedules and clipping equal torch's and transformers'. */
@Tag("parity")
class OptimizerParityTest {
  @TestFactory
  Stream<DynamicTest> optimizers() throws Exception {
    Path file = Golden.require("optim/optimizers.json");
    JsonNode golden = JsonNumbers.read(file);
    return cases(golden)
        .map(c -> DynamicTest.dynamicTest(c.path("name").asText(), () -> optimizer(golden, c)));
  }

  private static Stream<JsonNode> cases(JsonNode golden) {
    return StreamSupport.stream(golden.path("cases").spliterator(), false);
  }

  private static void optimizer(JsonNode golden, JsonNode wanted) {
    try (NDManager manager = Engine.manager("cpu");
        TensorCarrier carrier = new TensorCarrier(manager)) {
      List<Parameter> parameters = new ArrayList<>();
      golden
          .path("initial")
          .fields()
          .forEachRemaining(
              e -> {
                NDArray value = tensor(manager, e.getValue());
                value.setRequiresGradient(true);
                parameters.add(new Parameter(e.getKey(), value, () -> {}));
              });
      Optimizer optimizer = new Optimizer(config(wanted), manager, parameters);
      for (int step = 0; step < golden.path("grads").size(); step++) {
        JsonNode gradients = golden.path("grads").get(step);
        List<NDArray> tensors =
            parameters.stream().map(p -> tensor(manager, gradients.path(p.name()))).toList();
        if (!wanted.path("max_grad_norm").isNull()) {
          double norm =
              GradientClipping.clip(carrier, tensors, wanted.path("max_grad_norm").asDouble());
          double expected = wanted.path("grad_norms_before_clipping").get(step).asDouble();
          assertThat(norm).isCloseTo(expected, within(1e-6 + 1e-6 * expected));
        }
        optimizer.step(tensors, rate(wanted, step));
        for (Parameter parameter : parameters) {
          float[] want =
              JsonNumbers.floats(wanted.path("params_after_step").get(step).path(parameter.name()));
          assertThat(carrier.floats(parameter.value()))
              .as("%s after step %d", parameter.name(), step)
              .containsExactly(want, within(2e-6f));
        }
      }
    }
  }

  private static double rate(JsonNode wanted, int step) {
    double expected = wanted.path("lr_used").get(step).asDouble();
    JsonNode schedule = wanted.path("schedule");
    if (schedule.isObject()) {
      ScheduleKind kind =
          ScheduleKind.valueOf(schedule.path("type").asText().toUpperCase(Locale.ROOT));
      double base = wanted.path("config").path("lr").asDouble();
      double ours =
          new Schedule(
                  ScheduleConfig.of(kind, schedule.path("warmup").asInt()),
                  base,
                  schedule.path("total").asLong())
              .rate(step);
      assertThat(ours).isCloseTo(expected, within(1e-6 * base));
      return ours;
    }
    return expected;
  }

  private static OptimizerConfig config(JsonNode wanted) {
    JsonNode c = wanted.path("config");
    OptimizerKind kind =
        OptimizerKind.valueOf(wanted.path("optimizer").asText().toUpperCase(Locale.ROOT));
    return new OptimizerConfig(
        kind,
        c.path("betas").path(0).asDouble(0.9),
        c.path("betas").path(1).asDouble(0.999),
        c.path("eps").isNumber() ? Optional.of(c.path("eps").asDouble()) : Optional.empty(),
        c.path("weight_decay").asDouble(wanted.path("defaults").path("weight_decay").asDouble(0)),
        c.path("amsgrad").asBoolean(false),
        Optional.of(c.path("momentum").asDouble(0)),
        c.path("dampening").asDouble(0),
        c.path("nesterov").asBoolean(false),
        c.path("alpha").asDouble(0.99),
        c.path("centered").asBoolean(false),
        true);
  }

  private static NDArray tensor(NDManager manager, JsonNode values) {
    return manager.create(JsonNumbers.floats(values), new Shape(JsonNumbers.shape(values)));
  }

  @TestFactory
  Stream<DynamicTest> schedules() throws Exception {
    JsonNode golden = JsonNumbers.read(Golden.require("optim/schedules.json"));
    return cases(golden)
        .map(c -> DynamicTest.dynamicTest(c.path("name").asText(), () -> schedule(c)));
  }

  private static void schedule(JsonNode c) {
    JsonNode extra = c.path("extra");
    ScheduleConfig config =
        new ScheduleConfig(
            ScheduleKind.valueOf(c.path("type").asText().toUpperCase(Locale.ROOT)),
            c.path("type").asText().equals("constant") ? 0 : c.path("warmup_steps").asInt(),
            0,
            extra.path("num_cycles").asInt(1),
            extra.path("power").asDouble(1),
            extra.path("lr_end").asDouble(1e-7),
            extra.path("min_lr_rate").asDouble(extra.path("min_lr_ratio").asDouble(0.1)),
            extra.path("num_decay_steps").asInt(0));
    double base = c.path("base_lr").asDouble();
    Schedule schedule = new Schedule(config, base, c.path("total_steps").asLong());
    double[] expected = JsonNumbers.doubles(c.path("lr_per_step"));
    for (int step = 0; step < expected.length; step++) {
      assertThat(schedule.rate(step))
          .as("step %d", step)
          .isCloseTo(expected[step], within(1e-6 * base));
    }
  }

  @TestFactory
  Stream<DynamicTest> clipping() throws Exception {
    JsonNode golden = JsonNumbers.read(Golden.require("optim/clipping.json"));
    return cases(golden)
        .filter(c -> c.path("norm_type").asDouble() == 2)
        .map(c -> DynamicTest.dynamicTest(c.path("name").asText(), () -> clip(c)));
  }

  private static void clip(JsonNode c) {
    try (NDManager manager = Engine.manager("cpu");
        TensorCarrier carrier = new TensorCarrier(manager)) {
      List<NDArray> gradients = new ArrayList<>();
      c.path("grads").forEach(g -> gradients.add(tensor(manager, g)));
      double norm = GradientClipping.clip(carrier, gradients, c.path("max_norm").asDouble());
      double expected = c.path("total_norm").asDouble();
      assertThat(norm).isCloseTo(expected, within(1e-6 * expected));
      for (int i = 0; i < gradients.size(); i++) {
        assertThat(carrier.floats(gradients.get(i)))
            .containsExactly(JsonNumbers.floats(c.path("clipped").get(i)), within(1e-6f));
      }
    }
  }
}
