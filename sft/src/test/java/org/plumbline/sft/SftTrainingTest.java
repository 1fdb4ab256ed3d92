package org.plumbline.sft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.data.Demonstration;
import org.plumbline.model.adapter.Adapter;
import org.plumbline.model.adapter.Lora;
import org.plumbline.model.architecture.LoadOptions;
import org.plumbline.model.architecture.ModelBundle;
import org.plumbline.model.architecture.TransformerModel;
import org.plumbline.model.chat.EncodedDialogue;
import org.plumbline.model.safetensors.DType;
import org.plumbline.model.tensor.Parameter;
import org.plumbline.stage.config.ConfigReader;
import org.plumbline.stage.config.LocatedYaml;
import org.plumbline.testing.TestRun;
import org.plumbline.training.ModelArtifacts;
import org.plumbline.training.Objective;
import org.plumbline.training.Optimizer;
import org.plumbline.training.OptimizerConfig;

/** What a run leaves: the best weights, an early end, adapters on an untouched base. */
@Tag("invariant")
class SftTrainingTest {
  private static final LoadOptions FROZEN = new LoadOptions(DType.F32, false, "cpu");

  @TempDir private static Path folder;
  private static Path model;
  private static Path data;

  @BeforeAll
  static void write() throws IOException {
    model = TinyModel.write(folder.resolve("model"));
    data = TinyModel.demonstrations(folder.resolve("data.jsonl"), 40);
  }

  private static String overfitting(String more) {
    return "{model: '%s', data: '%s', validation_share: 0.5, training: {steps: 240, batch_size: 8,"
            .formatted(model, data)
        + " learning_rate: 0.02, schedule: {kind: constant}, evaluate_every: 3"
        + more
        + "}}";
  }

  @Test
  void trainingStopsEarlyAndLeavesTheBestWeights() throws IOException {
    Path directory = folder.resolve("early");
    Map<String, Object> summary =
        new TestRun(directory).run(new SftStage(), overfitting(", patience: 2"));
    List<Map<String, Double>> rows = TestRun.rows(directory);
    List<Map<String, Double>> evaluations =
        rows.stream().filter(row -> row.containsKey("eval_loss")).toList();
    int count = evaluations.size();
    double best = evaluations.stream().mapToDouble(row -> row.get("eval_loss")).min().orElseThrow();
    assertThat(rows).hasSize(3 * count).hasSizeLessThan(240);
    assertThat(evaluations.get(count - 3).get("eval_loss")).isEqualTo(best);
    assertThat(summary)
        .containsEntry("steps", (long) rows.size())
        .containsEntry("eval_loss_best", best)
        .containsEntry("best_step", (long) rows.size() - 6);
    assertThat(evaluate(directory)).isCloseTo(best, within(1e-6));
  }

  /** The set that is learned has the loss of the validation rows; the weights that stay count. */
  @Test
  void heldOutSetsAreFollowedBesideAnAdapter() throws IOException {
    Path other = TinyModel.demonstrations(folder.resolve("other.jsonl"), 6);
    Path directory = folder.resolve("held-out");
    String yaml =
        "{model: '%s', data: '%s', validation_share: 0.5, method: lora,".formatted(model, data)
            + " held_out: [{name: other, data: '%s'}, {name: own, data: '%s', documents: 0}],"
                .formatted(other, data)
            + " training: {steps: 6, batch_size: 8, learning_rate: 0.02, evaluate_every: 3}}";
    Map<String, Object> summary = new TestRun(directory).run(new SftStage(), yaml);
    List<Map<String, Double>> rows = TestRun.rows(directory);
    assertThat(rows.get(0)).containsKey("eval/other/perplexity").containsEntry("step", 0.0);
    Map<String, Double> last = rows.get(rows.size() - 1);
    assertThat(Math.log(last.get("eval/own/perplexity")))
        .isCloseTo(last.get("eval_loss"), within(1e-5));
    assertThat(summary.get("own.perplexity_before"))
        .isEqualTo(rows.get(0).get("eval/own/perplexity"));
    assertThat((double) summary.get("own.perplexity_after"))
        .isCloseTo(Math.exp((double) summary.get("eval_loss_best")), within(1e-4))
        .isLessThan((double) summary.get("own.perplexity_before"));
    assertThat(summary).containsKey("other.perplexity_after");
  }

  @Test
  void withoutKeepBestTheLastWeightsStay() throws IOException {
    Path directory = folder.resolve("last");
    new TestRun(directory)
        .run(new SftStage(), overfitting(", patience: 2, keep_best: false, evaluation_rows: 5"));
    List<Map<String, Double>> rows = TestRun.rows(directory);
    double last = rows.get(rows.size() - 1).get("eval_loss");
    assertThat(evaluate(directory, 5)).isCloseTo(last, within(1e-6));
  }

  private static double evaluate(Path directory) throws IOException {
    return evaluate(directory, Integer.MAX_VALUE);
  }

  private static double evaluate(Path directory, int most) throws IOException {
    List<Demonstration> held = TrainingTexts.demonstrations(data, 0.5, 7).validation();
    try (ModelBundle bundle = ModelBundle.open(directory, FROZEN)) {
      List<EncodedDialogue> rows = new ArrayList<>();
      for (Demonstration row : held.subList(0, Math.min(most, held.size()))) {
        rows.add(bundle.encoder().dialogue(ModelArtifacts.messages(row.prompt()), row.answer()));
      }
      return new LanguageModelObjective(bundle.model(), List.of(), 4).evaluate(rows).get("loss");
    }
  }

  @Test
  void onlyAdaptersChangeAndEveryLoraBLearns() throws IOException {
    try (ModelBundle bundle = ModelBundle.open(model, FROZEN);
        NDManager scope = bundle.model().newScope()) {
      TransformerModel base = bundle.model();
      Adapter adapter = base.addAdapter("a", Lora.of(4, 8, 0, List.of("all-linear")), 0, 5);
      List<EncodedDialogue> rows = new ArrayList<>();
      for (Demonstration row : TrainingTexts.demonstrations(data, 0.5, 7).train()) {
        rows.add(bundle.encoder().dialogue(ModelArtifacts.messages(row.prompt()), row.answer()));
      }
      LanguageModelObjective objective = new LanguageModelObjective(base, List.of(adapter), 8);
      double before = objective.evaluate(rows).get("loss");
      double weight = rows.stream().mapToDouble(objective::weight).sum();
      Objective.Part part = objective.part(scope, rows, weight, 1);
      assertThat(part.metrics().get("loss")).isCloseTo(before, within(1e-5));
      List<Parameter> parameters = objective.parameters();
      double[] squares = base.carrier().squareSums(part.gradients());
      assertThat(parameters).hasSize(2 * 7 * 2);
      for (int i = 0; i < squares.length; i++) {
        // B = 0 hides A from the loss: it has no gradient yet.
        boolean up = parameters.get(i).name().contains("lora_B");
        assertThat(squares[i] > 0).as(parameters.get(i).name()).isEqualTo(up);
      }
      optimise(scope, parameters, part.gradients());
      assertThat(objective.evaluate(rows).get("loss")).isLessThan(before - 1e-3);
      Path saved = Files.createDirectories(folder.resolve("base-after"));
      base.save(saved);
      assertThat(saved.resolve("model.safetensors"))
          .hasBinaryContent(Files.readAllBytes(model.resolve("model.safetensors")));
    }
  }

  private static void optimise(
      NDManager scope, List<Parameter> parameters, List<NDArray> gradients) {
    OptimizerConfig adam =
        ConfigReader.read(OptimizerConfig.class, LocatedYaml.parse("test", "{}"), "optimizer");
    try (Optimizer optimizer = new Optimizer(adam, scope, parameters)) {
      optimizer.step(gradients, 0.02);
    }
  }
}
