package org.plumbline.sft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.plumbline.testing.FloatAssert.assertNumbers;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.plumbline.model.architecture.TransformerModel;
import org.plumbline.model.chat.EncodedDialogue;
import org.plumbline.model.safetensors.SafetensorsFile;
import org.plumbline.model.tensor.Parameter;
import org.plumbline.stage.config.ConfigReader;
import org.plumbline.stage.config.LocatedYaml;
import org.plumbline.testing.Golden;
import org.plumbline.testing.JsonNumbers;
import org.plumbline.training.GradientClipping;
import org.plumbline.training.Objective;
import org.plumbline.training.Optimizer;
import org.plumbline.training.OptimizerConfig;
import org.plumbline.training.Schedule;
import org.plumbline.training.ScheduleConfig;
import org.plumbline.training.ScheduleKind;

/** Whole SFT steps with accumulation, clipping, schedule and AdamW equal torch's. */
@Tag("parity")
class SftStepsParityTest {
  @TestFactory
  Stream<DynamicTest> runs() {
    return Golden.perFile(
        "losses/e2e", ".json", SftStepsParityTest::isSft, SftStepsParityTest::check);
  }

  private static boolean isSft(Path file) throws Exception {
    Path beside = Path.of(file.toString().replace(".json", ".safetensors"));
    try (SafetensorsFile tensors = SafetensorsFile.open(beside)) {
      return tensors.tensors().containsKey("labels") && JsonNumbers.read(file).has("micro_batches");
    }
  }

  private static void check(Path file) throws Exception {
    JsonNode golden = JsonNumbers.read(file);
    String stem = file.getFileName().toString().replace(".json", "");
    try (SafetensorsFile tensors =
        SafetensorsFile.open(file.resolveSibling(stem + ".safetensors"))) {
      Path folder = file.getParent().getParent().resolveSibling(golden.path("model").asText());
      try (TransformerModel model = TransformerModel.load(folder, TinyModel.TRAINED);
          NDManager scope = model.newScope()) {
        new Run(golden, tensors, model, scope).check();
      }
    }
  }

  private record Run(
      JsonNode golden, SafetensorsFile tensors, TransformerModel model, NDManager scope) {
    void check() {
      LanguageModelObjective objective = new LanguageModelObjective(model, List.of(), 8);
      List<EncodedDialogue> rows = GoldenRows.of(tensors);
      JsonNode wantedSchedule = golden.path("schedule");
      Schedule schedule =
          new Schedule(
              ScheduleConfig.of(
                  ScheduleKind.valueOf(
                      wantedSchedule.path("type").asText().toUpperCase(Locale.ROOT)),
                  wantedSchedule.path("warmup").asInt()),
              golden.path("optimizer").path("lr").asDouble(),
              wantedSchedule.path("total").asLong());
      List<String> undecayed = new ArrayList<>();
      golden.path("optimizer").path("no_decay_parameters").forEach(n -> undecayed.add(n.asText()));
      assertThat(objective.parameters())
          .allSatisfy(p -> assertThat(undecayed.contains(p.name())).isEqualTo(!p.isMatrix()));
      double tolerance = golden.path("tolerance").path("loss").asDouble();
      Optimizer optimizer = new Optimizer(optimizer(), scope, objective.parameters());
      for (JsonNode step : golden.path("steps")) {
        int number = step.path("step").asInt();
        List<NDArray> sum = gradients(objective, rows, step.path("loss").asDouble(), tolerance);
        if (number == 0) {
          compareGradients(objective.parameters(), sum);
        }
        double norm =
            GradientClipping.clip(model.carrier(), sum, golden.path("max_grad_norm").asDouble());
        assertThat(norm).isCloseTo(step.path("grad_norm").asDouble(), within(tolerance));
        double rate = schedule.rate(number);
        assertThat(rate).isCloseTo(step.path("lr").asDouble(), within(1e-9));
        optimizer.step(sum, rate);
      }
      double bound = golden.path("tolerance").path("param_abs").asDouble();
      for (Parameter parameter : objective.parameters()) {
        assertNumbers(model.carrier().floats(parameter.value()))
            .as(parameter.name())
            .isCloseTo(tensors.readFloats("after." + parameter.name()), bound, 0);
      }
    }

    private List<NDArray> gradients(
        LanguageModelObjective objective, List<EncodedDialogue> rows, double want, double bound) {
      double weight = rows.stream().mapToDouble(objective::weight).sum();
      double loss = 0;
      List<NDArray> sum = List.of();
      for (JsonNode part : golden.path("micro_batches")) {
        List<EncodedDialogue> some = rows.subList(part.get(0).asInt(), part.get(1).asInt());
        Objective.Part result = objective.part(scope, some, weight, 0);
        loss += result.metrics().get("loss");
        if (sum.isEmpty()) {
          sum = result.gradients();
        } else {
          model.carrier().add(sum, result.gradients());
        }
      }
      assertThat(loss).isCloseTo(want, within(bound));
      return sum;
    }

    private void compareGradients(List<Parameter> parameters, List<NDArray> gradients) {
      double bound = golden.path("tolerance").path("grad_abs").asDouble();
      for (int i = 0; i < parameters.size(); i++) {
        assertNumbers(model.carrier().floats(gradients.get(i)))
            .as("gradient of " + parameters.get(i).name())
            .isCloseTo(tensors.readFloats("grad_step0." + parameters.get(i).name()), bound, 0);
      }
    }

    private OptimizerConfig optimizer() {
      JsonNode wanted = golden.path("optimizer");
      return ConfigReader.read(
          OptimizerConfig.class,
          LocatedYaml.parse(
              "test",
              "{kind: %s, beta1: %s, beta2: %s, epsilon: %s, weight_decay: %s}"
                  .formatted(
                      wanted.path("class").asText().toLowerCase(Locale.ROOT),
                      wanted.path("betas").get(0),
                      wanted.path("betas").get(1),
                      wanted.path("eps"),
                      wanted.path("weight_decay"))),
          "optimizer");
    }
  }
}
