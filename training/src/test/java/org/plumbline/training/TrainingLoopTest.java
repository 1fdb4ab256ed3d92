package org.plumbline.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.model.architecture.LoadOptions;
import org.plumbline.model.architecture.TransformerModel;
import org.plumbline.model.config.LlamaSize;
import org.plumbline.model.config.NewModels;
import org.plumbline.model.config.SpecialIds;
import org.plumbline.model.safetensors.DType;
import org.plumbline.stage.StoppedException;
import org.plumbline.stage.UserException;
import org.plumbline.stage.config.ConfigReader;
import org.plumbline.stage.config.LocatedYaml;
import org.plumbline.testing.TestRun;

/** The loop on one number whose path is known by hand. */
class TrainingLoopTest {
  private static final List<Double> ROWS = List.of(1.0, 2.0, 3.0, 4.0, 5.0, 6.0);
  private static TransformerModel model;
  private static NDManager scope;

  @TempDir private Path folder;

  @BeforeAll
  static void open() {
    model =
        TransformerModel.create(
            NewModels.llama(
                new LlamaSize(8, 8, 8, 1, 1, 1, 8, 10_000, true),
                new SpecialIds(OptionalInt.empty(), List.of(), OptionalInt.empty())),
            new LoadOptions(DType.F32, false, "cpu"),
            1);
    scope = model.newScope();
  }

  @AfterAll
  static void close() {
    model.close();
  }

  private static Quadratic quadratic() {
    return new Quadratic(scope, model.carrier());
  }

  private Map<String, Object> train(Quadratic objective, String name, String yaml)
      throws IOException {
    return train(objective, new TestRun(folder.resolve(name)), List.of(), yaml);
  }

  private static Map<String, Object> train(
      Quadratic objective, TestRun run, List<Double> validation, String yaml) throws IOException {
    TrainingConfig config =
        ConfigReader.read(TrainingConfig.class, LocatedYaml.parse("test", yaml), "training");
    try (run;
        TrainingLoop<Double> loop =
            new TrainingLoop<>(config, model, objective, run, ROWS, validation)) {
      return loop.run();
    }
  }

  @Test
  void anEpochSeesEveryRowOnceInPartsOfLikeLength() throws IOException {
    Quadratic objective = quadratic();
    Map<String, Object> summary =
        train(
            objective,
            "epochs",
            "{epochs: 2, batch_size: 3, micro_batch_size: 2, learning_rate: 1e-3}");
    assertThat(summary).containsEntry("steps", 4L).containsEntry("rows", 6);
    assertThat(objective.parts.stream().map(List::size)).containsExactly(2, 1, 2, 1, 2, 1, 2, 1);
    for (int epoch = 0; epoch < 2; epoch++) {
      List<Double> seen = new ArrayList<>();
      objective.parts.subList(4 * epoch, 4 * epoch + 4).forEach(seen::addAll);
      assertThat(seen).containsExactlyInAnyOrderElementsOf(ROWS);
    }
    for (int step = 0; step < 4; step++) {
      List<Double> rows = new ArrayList<>(objective.parts.get(2 * step));
      rows.addAll(objective.parts.get(2 * step + 1));
      assertThat(rows).isSorted();
      double weight = rows.stream().mapToDouble(x -> x).sum();
      assertThat(objective.denominators.subList(2 * step, 2 * step + 2))
          .containsExactly(weight, weight);
    }
    assertThat(objective.seeds).doesNotHaveDuplicates();
    assertThat(TestRun.rows(folder.resolve("epochs")).get(3)).containsEntry("epoch", 2.0);
  }

  @Test
  void aStepIsTheClippedGradientTimesTheScheduledRate() throws IOException {
    Quadratic objective = quadratic();
    train(
        objective,
        "by-hand",
        "{steps: 2, batch_size: 6, learning_rate: 0.1, max_grad_norm: 2, optimizer: {kind: sgd},"
            + " schedule: {kind: linear}}");
    // Σ x² / Σ x = 91 / 21: the gradient at 0, clipped to 2; then the rate is halved.
    List<Map<String, Double>> rows = TestRun.rows(folder.resolve("by-hand"));
    assertThat(rows.get(0).get("grad_norm")).isCloseTo(91.0 / 21, within(1e-5));
    assertThat(rows.get(0).get("loss")).isCloseTo(441.0 / 42, within(1e-5));
    assertThat(rows.get(1).get("learning_rate")).isCloseTo(0.05, within(1e-12));
    assertThat(rows.get(1).get("grad_norm")).isCloseTo(91.0 / 21 - 0.2, within(1e-5));
    assertThat(rows.get(1).get("tokens")).isEqualTo(21);
    assertThat(objective.weight()).isCloseTo(0.3, within(1e-5));
  }

  @Test
  void seedsAndRowsAreTheSameAfterAStopBeforeTheFirstEvaluation() throws IOException {
    String yaml =
        "{steps: 5, batch_size: 4, micro_batch_size: 2, learning_rate: 0.1, evaluate_every: 2}";
    Quadratic whole = quadratic();
    Map<String, Object> wanted =
        train(whole, new TestRun(folder.resolve("whole")), List.of(3.0), yaml);
    Quadratic broken = quadratic();
    assertThatThrownBy(
            () ->
                train(
                    broken,
                    new TestRun(folder.resolve("broken")).stoppingAfter(1),
                    List.of(3.0),
                    yaml))
        .isInstanceOf(StoppedException.class)
        .hasMessage("stage stopped at step 1 of 5; the same command goes on from there");
    Quadratic resumed = quadratic();
    assertThat(train(resumed, new TestRun(folder.resolve("broken")), List.of(3.0), yaml))
        .isEqualTo(wanted);
    assertThat(resumed.seeds).isEqualTo(whole.seeds.subList(2, 10));
    assertThat(resumed.parts).isEqualTo(whole.parts.subList(2, 10));
    assertThat(resumed.weight()).isEqualTo(whole.weight());
  }

  @Test
  void aStopInTheVeryStepThatEndsTrainingEarlyLosesNothing() throws IOException {
    String yaml = "{steps: 9, batch_size: 2, evaluate_every: 1, patience: 2}";
    Quadratic whole = quadratic().worsening();
    Map<String, Object> wanted =
        train(whole, new TestRun(folder.resolve("early")), List.of(3.0), yaml);
    assertThat(wanted)
        .containsEntry("steps", 3L)
        .containsEntry("best_step", 1L)
        .containsEntry("eval_loss_first", 1.0)
        .containsEntry("eval_loss_best", 1.0);
    TestRun stopped = new TestRun(folder.resolve("stopped")).stoppingAfter(3);
    assertThatThrownBy(() -> train(quadratic().worsening(), stopped, List.of(3.0), yaml))
        .isInstanceOf(StoppedException.class);
    Quadratic resumed = quadratic();
    assertThat(train(resumed, new TestRun(folder.resolve("stopped")), List.of(3.0), yaml))
        .isEqualTo(wanted);
    // The weights of the best evaluation, the first, come out of the checkpoint too.
    assertThat(resumed.weight()).isEqualTo(whole.weight()).isNotZero();
  }

  @Test
  void aGradientThatIsNoNumberEndsTheRunAndLeavesItsCheckpoint() throws IOException {
    String yaml = "{steps: 4, batch_size: 2, checkpoint_every: 2}";
    Path place = folder.resolve("nan");
    assertThatThrownBy(() -> train(quadratic(), new TestRun(place).dyingAt(3), List.of(), yaml))
        .hasMessage("killed at step 3");
    assertThatThrownBy(() -> train(quadratic().broken(), new TestRun(place), List.of(), yaml))
        .isInstanceOf(ArithmeticException.class)
        .hasMessage(
            "the gradient is not finite; the last good checkpoint is kept. Likely cause: a learning rate too high, or overflow in the weights");
    assertThat(place.resolve("checkpoints/step-00000002/tensors.safetensors")).exists();
    assertThat(TestRun.rows(place)).hasSize(2);
  }

  @Test
  void aCheckpointOfAnotherOptimizerIsRefused() throws IOException {
    Path place = folder.resolve("other");
    String yaml = "{steps: 4, batch_size: 2, checkpoint_every: 2, optimizer: {kind: %s}}";
    assertThatThrownBy(
            () ->
                train(quadratic(), new TestRun(place).dyingAt(3), List.of(), yaml.formatted("sgd")))
        .hasMessage("killed at step 3");
    assertThatThrownBy(
            () -> train(quadratic(), new TestRun(place), List.of(), yaml.formatted("adamw")))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "%s: tensor optimizer/exp_avg/w is missing; the checkpoint is of another configuration. --fresh starts over"
                .formatted(place.resolve("checkpoints/step-00000002/tensors.safetensors")));
    assertThat(Files.exists(place.resolve("checkpoints/step-00000002"))).isTrue();
  }
}
