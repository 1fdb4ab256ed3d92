package org.plumbline.sft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.plumbline.testing.FloatAssert.assertNumbers;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.plumbline.model.adapter.Adapter;
import org.plumbline.model.architecture.LoadOptions;
import org.plumbline.model.architecture.TransformerModel;
import org.plumbline.model.chat.EncodedDialogue;
import org.plumbline.model.safetensors.SafetensorsFile;
import org.plumbline.model.safetensors.WeightFolder;
import org.plumbline.model.tensor.Parameter;
import org.plumbline.stage.config.ConfigReader;
import org.plumbline.stage.config.LocatedYaml;
import org.plumbline.testing.Golden;
import org.plumbline.testing.JsonNumbers;
import org.plumbline.training.Objective;
import org.plumbline.training.OptimizerConfig;
import org.plumbline.training.ParameterUpdates;

/** Steps of LoRA+ and AdaLoRA, its penalty and cuts, equal PEFT's. */
@Tag("parity")
class AdapterStepsParityTest {
  @TestFactory
  Stream<DynamicTest> runs() {
    return Golden.perDirectory(
        "peft",
        folder -> Files.isDirectory(folder.resolve("initial")),
        AdapterStepsParityTest::check);
  }

  private static void check(Path folder) throws Exception {
    JsonNode golden = JsonNumbers.read(folder.resolve("expected.json"));
    Path initial = folder.resolve("initial");
    JsonNode config = JsonNumbers.read(initial.resolve("adapter_config.json"));
    Path base = initial.resolve(config.path("base_model_name_or_path").asText()).normalize();
    try (SafetensorsFile train = SafetensorsFile.open(folder.resolve("train.safetensors"));
        TransformerModel model = TransformerModel.load(base, LoadOptions.frozen());
        NDManager scope = model.newScope()) {
      Adapter adapter = model.loadAdapter("golden", initial);
      if (golden.has("adalora")) {
        adaLora(folder, golden, train, model, scope, adapter);
      } else {
        loraPlus(folder, golden, train, model, scope, adapter);
      }
    }
  }

  private static void loraPlus(
      Path folder,
      JsonNode golden,
      SafetensorsFile train,
      TransformerModel model,
      NDManager scope,
      Adapter adapter) {
    double bound = golden.path("tolerance").path("loss_abs").asDouble();
    JsonNode rule = golden.path("optimizer");
    LanguageModelObjective objective = new LanguageModelObjective(model, List.of(adapter), 8);
    double ratio = rule.path("loraplus_lr_ratio").asDouble();
    ParameterUpdates updates =
        new ParameterUpdates(adam(rule, 0), scope, objective.parameters(), List.of(adapter), ratio);
    for (JsonNode loss : golden.path("losses_before_each_step")) {
      Objective.Part part = part(objective, scope, train);
      assertThat(part.metrics().get("loss")).isCloseTo(loss.asDouble(), within(bound));
      updates.step(part.gradients(), rule.path("lr").asDouble());
    }
    double parameters = golden.path("tolerance").path("param_abs").asDouble();
    try (WeightFolder after = WeightFolder.open(folder.resolve("after"), "adapter_model")) {
      for (Parameter parameter : adapter.parameters()) {
        assertNumbers(model.carrier().floats(parameter.value()))
            .as(parameter.name())
            .isCloseTo(after.readFloats(parameter.name()), parameters, 0);
      }
    }
  }

  private static void adaLora(
      Path folder,
      JsonNode golden,
      SafetensorsFile train,
      TransformerModel model,
      NDManager scope,
      Adapter adapter)
      throws Exception {
    double bound = golden.path("tolerance").path("loss_abs").asDouble();
    JsonNode rule = golden.path("optimizer");
    LanguageModelObjective objective = new LanguageModelObjective(model, List.of(adapter), 8);
    ParameterUpdates updates =
        new ParameterUpdates(adam(rule, 0), scope, objective.parameters(), List.of(adapter), 1);
    for (JsonNode step : golden.path("steps")) {
      Objective.Part part = part(objective, scope, train);
      List<NDArray> gradients = part.gradients();
      double loss = part.metrics().getOrDefault("loss", Double.NaN);
      assertThat(loss).isCloseTo(step.path("cross_entropy").asDouble(), within(bound));
      double penalty = updates.addPenalty(gradients);
      assertThat(loss + penalty).isCloseTo(step.path("loss_total").asDouble(), within(bound));
      updates.step(gradients, rule.path("lr").asDouble());
      Map<String, Integer> ranks = updates.ranks();
      step.path("nonzero_E")
          .fields()
          .forEachRemaining(
              wanted ->
                  assertThat(ranks)
                      .as("step %s", step.path("step"))
                      .containsEntry(
                          "base_model.model." + wanted.getKey(), wanted.getValue().asInt()));
    }
    double parameters = golden.path("tolerance").path("param_abs").asDouble();
    try (SafetensorsFile after = SafetensorsFile.open(folder.resolve("after.safetensors"))) {
      for (Parameter parameter : adapter.parameters()) {
        String name = parameter.name().substring("base_model.model.".length());
        assertNumbers(model.carrier().floats(parameter.value()))
            .as(name)
            .isCloseTo(after.readFloats(name), parameters, 0);
      }
    }
    prunedAsPeftDoes(folder, model, adapter);
  }

  /** Ranks that were cut are not saved, and the folder says which they were. */
  private static void prunedAsPeftDoes(Path folder, TransformerModel model, Adapter adapter)
      throws Exception {
    Path out = Files.createTempDirectory("pruned");
    model.saveAdapter(adapter, out, model.origin().folder().orElseThrow());
    JsonNode ours = JsonNumbers.read(out.resolve("adapter_config.json"));
    JsonNode theirs = JsonNumbers.read(folder.resolve("final/adapter_config.json"));
    assertThat(ours.path("rank_pattern")).isEqualTo(theirs.path("rank_pattern"));
    try (WeightFolder pruned = WeightFolder.open(out, "adapter_model");
        WeightFolder wanted = WeightFolder.open(folder.resolve("final"), "adapter_model")) {
      assertThat(pruned.names()).isEqualTo(wanted.names());
      for (String name : wanted.names()) {
        assertNumbers(pruned.readFloats(name)).as(name).isCloseTo(wanted.readFloats(name), 1e-3, 0);
      }
    }
    Adapter again = model.loadAdapter("again", folder.resolve("final"));
    assertThat(again.parameters()).hasSameSizeAs(adapter.parameters());
  }

  private static Objective.Part part(
      LanguageModelObjective objective, NDManager scope, SafetensorsFile train) {
    List<EncodedDialogue> rows = GoldenRows.of(train);
    double weight = rows.stream().mapToDouble(objective::weight).sum();
    return objective.part(scope, rows, weight, 0);
  }

  private static OptimizerConfig adam(JsonNode rule, double decay) {
    return ConfigReader.read(
        OptimizerConfig.class,
        LocatedYaml.parse(
            "test",
            "{kind: adamw, beta1: %s, beta2: %s, epsilon: %s, weight_decay: %s}"
                .formatted(
                    rule.path("betas").get(0), rule.path("betas").get(1), rule.path("eps"), decay)),
        "optimizer");
  }
}
