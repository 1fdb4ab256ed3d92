package org.plumbline.reward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.plumbline.testing.FloatAssert.assertNumbers;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.plumbline.model.architecture.TransformerModel;
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

/** Whole reward-model steps with centring and AdamW equal torch's. */
@Tag("parity")
class RewardStepsParityTest {
  @TestFactory
  Stream<DynamicTest> runs() {
    return Golden.perFile(
        "losses/e2e",
        ".json",
        file -> JsonNumbers.read(file).has("center_rewards_coefficient"),
        RewardStepsParityTest::check);
  }

  private static void check(Path file) throws Exception {
    JsonNode golden = JsonNumbers.read(file);
    String stem = file.getFileName().toString().replace(".json", "");
    Path folder = file.getParent().getParent().resolveSibling(golden.path("model").asText());
    try (SafetensorsFile tensors =
            SafetensorsFile.open(file.resolveSibling(stem + ".safetensors"));
        TransformerModel model = TransformerModel.load(folder, TinyModel.TRAINED);
        NDManager scope = model.newScope()) {
      steps(golden, tensors, model, scope);
    }
  }

  private static void steps(
      JsonNode golden, SafetensorsFile tensors, TransformerModel model, NDManager scope) {
    double bound = golden.path("tolerance").path("loss").asDouble();
    RewardConfig config =
        ConfigReader.read(
            RewardConfig.class,
            LocatedYaml.parse(
                "test",
                "{model: m, pairs: p, center_rewards: %s}"
                    .formatted(golden.path("center_rewards_coefficient").asText())),
            "reward-model");
    PairwiseObjective objective = new PairwiseObjective(model, List.of(), config);
    List<EncodedPair> pairs = pairs(tensors);
    Optimizer optimizer = new Optimizer(adam(golden), scope, objective.parameters());
    for (JsonNode step : golden.path("steps")) {
      Objective.Part part = objective.part(scope, pairs, pairs.size(), 0);
      Map<String, Double> metrics = part.metrics();
      assertThat(metrics.get("loss")).isCloseTo(step.path("loss").asDouble(), within(bound));
      for (String name : List.of("accuracy", "margin", "mean_reward")) {
        double wanted = step.path("metrics").path(name).asDouble();
        assertThat(metrics.get(name)).as(name).isCloseTo(wanted, within(10 * bound));
      }
      double norm = step.path("grad_norm").asDouble();
      if (step.path("step").asInt() == 0) {
        compare(model, objective.parameters(), part.gradients(), tensors, bound);
      }
      assertThat(GradientClipping.clip(model.carrier(), part.gradients(), 0))
          .isCloseTo(norm, within(bound * (1 + norm)));
      optimizer.step(part.gradients(), golden.path("optimizer").path("lr").asDouble());
    }
    double close = golden.path("tolerance").path("param_abs").asDouble();
    List<String> compared = new ArrayList<>();
    for (Parameter parameter : objective.parameters()) {
      String name = "after." + parameter.name();
      if (tensors.tensors().containsKey(name)) {
        compared.add(name);
        assertNumbers(model.carrier().floats(parameter.value()))
            .as(name)
            .isCloseTo(tensors.readFloats(name), close, 0);
      }
    }
    assertThat(tensors.tensors().keySet().stream().filter(name -> name.startsWith("after.")))
        .containsExactlyInAnyOrderElementsOf(compared);
  }

  private static void compare(
      TransformerModel model,
      List<Parameter> parameters,
      List<NDArray> gradients,
      SafetensorsFile tensors,
      double bound) {
    for (int i = 0; i < parameters.size(); i++) {
      String name = "grad_step0." + parameters.get(i).name();
      if (tensors.tensors().containsKey(name)) {
        assertNumbers(model.carrier().floats(gradients.get(i)))
            .as(name)
            .isCloseTo(tensors.readFloats(name), bound, 0);
      }
    }
  }

  private static OptimizerConfig adam(JsonNode golden) {
    JsonNode wanted = golden.path("optimizer");
    return ConfigReader.read(
        OptimizerConfig.class,
        LocatedYaml.parse(
            "test",
            "{kind: %s, beta1: %s, beta2: %s, epsilon: %s, weight_decay: %s}"
                .formatted(
                    wanted.path("class").asText().toLowerCase(Locale.ROOT),
                    wanted.path("betas").get(0).asText(),
                    wanted.path("betas").get(1).asText(),
                    wanted.path("eps").asText(),
                    wanted.path("weight_decay").asText())),
        "optimizer");
  }

  /** The first half of the rows is chosen, the second rejected. */
  private static List<EncodedPair> pairs(SafetensorsFile tensors) {
    long[] shape = tensors.tensor("input_ids").spec().shape();
    long[] ids = tensors.readLongs("input_ids");
    long[] mask = tensors.readLongs("attention_mask");
    int width = (int) shape[1];
    List<int[]> rows = new ArrayList<>();
    for (int b = 0; b < shape[0]; b++) {
      int[] row = new int[width];
      int n = 0;
      for (int i = b * width; i < (b + 1) * width; i++) {
        if (mask[i] != 0) {
          row[n++] = (int) ids[i];
        }
      }
      rows.add(Arrays.copyOf(row, n));
    }
    List<EncodedPair> pairs = new ArrayList<>();
    for (int i = 0; i < rows.size() / 2; i++) {
      pairs.add(new EncodedPair(rows.get(i), rows.get(i + rows.size() / 2), 0));
    }
    return pairs;
  }
}
