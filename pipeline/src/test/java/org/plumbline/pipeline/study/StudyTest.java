package org.plumbline.pipeline.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.data.world.SampleWorldStage;
import org.plumbline.evaluation.report.StudyOutline;
import org.plumbline.evaluation.report.StudyReport;
import org.plumbline.pipeline.StageCatalog;
import org.plumbline.sft.PretrainStage;
import org.plumbline.sft.SftStage;
import org.plumbline.stage.Json;
import org.plumbline.stage.StopSignal;
import org.plumbline.stage.StoppedException;
import org.plumbline.stage.UserException;

/** A whole study of tiny models. */
final class StudyTest {
  private static final String SHARED =
      """
      run: {name: tiny, seed: 7, output: '%s'}
      stages:
        - sample-world: {name: old, intents: [key, pool], corpus: 60, demonstrations: 40, pairs: 10, test_pairs: 1, prompts: 1, validation_prompts: 1, test_prompts: 1}
        - sample-world: {name: new, intents: [dog, help], corpus: 10, demonstrations: 40, pairs: 10, test_pairs: 1, prompts: 1, validation_prompts: 1, test_prompts: 1}
        - pretrain:
            name: base
            data: old
            size: {vocab_size: 400, hidden_size: 16, intermediate_size: 32, layers: 2, heads: 2}
            training: {steps: 2, batch_size: 4, evaluation_rows: 2}
      """;
  private static final String STUDY =
      """
      study:
        seeds: [1, 2]
        search: {minimise: sft.eval_loss_best, seeds: [9]}
        baseline: full
        figures: {loss: sft.eval_loss_best}
        stages:
          - sft:
              model: base
              data: new
              held_out: [{name: old, data: old, documents: 4}, {name: fresh, data: new, documents: 4}]
              training: {steps: 2, batch_size: 4, evaluate_every: 1, evaluation_rows: 4}
        arms:
          - {name: full, set: {sft.method: full}, grid: {sft.training.learning_rate: [1e-6, 1e-2]}}
          - {name: ada, set: {sft.method: adalora, sft.training.learning_rate: 1e-2, sft.adalora: {initial_rank: 4, target_rank: 2}}}
          - {name: broken, set: {sft.method: full, sft.training: {learning_rate: 1e30, max_grad_norm: 0, optimizer: {kind: sgd}}}}
      """;

  @TempDir Path folder;

  private final ByteArrayOutputStream said = new ByteArrayOutputStream();

  private Study study(String text, List<String> overrides) throws IOException {
    Path file = folder.resolve("study.yaml");
    Files.writeString(file, SHARED.formatted(folder.resolve("runs")) + text);
    StageCatalog catalog =
        new StageCatalog(List.of(new SampleWorldStage(), new PretrainStage(), new SftStage()));
    return new StudyReader(catalog).read(file, overrides);
  }

  private StudyOutline run(Study study, StopSignal stop) throws IOException {
    said.reset();
    StudyRun run = new StudyRun(study, stop, new PrintStream(said, true, StandardCharsets.UTF_8));
    run.check();
    return run.run(() -> {});
  }

  private static StopSignal neverStopped() {
    return new StopSignal(line -> {});
  }

  private Path trial(String arm, String point, int seed) {
    return folder.resolve("runs/tiny/trials").resolve(arm).resolve(point).resolve("seed-" + seed);
  }

  private static double loss(Path trial) throws IOException {
    return Json.read(trial.resolve("sft/manifest.json"))
        .path("summary")
        .path("eval_loss_best")
        .asDouble();
  }

  @Test
  void armsAreSearchedThenRunWithEverySeedAndPutSideBySide() throws IOException {
    Study study = study(STUDY, List.of());
    assertThat(study.trialCount()).isEqualTo(2 + 3 * 2);
    StudyOutline outline = run(study, neverStopped());
    StudyOutline.ArmResult full = outline.arms().get(0);
    double slow = loss(trial("full", "learning_rate=1e-6", 9));
    double fast = loss(trial("full", "learning_rate=1e-2", 9));
    assertThat(fast).isLessThan(slow);
    assertThat(full.chosen()).isEqualTo("learning_rate=1e-2");
    assertThat(full.searched().get("learning_rate=1e-6").orElseThrow()).isEqualTo(slow);
    assertThat(full.trials())
        .containsExactly(
            trial("full", "learning_rate=1e-2", 1), trial("full", "learning_rate=1e-2", 2));
    assertThat(loss(full.trials().get(0))).isNotEqualTo(loss(full.trials().get(1)));
    assertThat(outline.arms().get(2).trials()).isEmpty();
    assertThat(trial("broken", "-", 1).resolve("diverged.txt")).exists();

    StudyReport.Written written =
        StudyReport.write(study.folder().path(), outline, "plumbline study study.yaml");
    assertThat(written.head())
        .contains("arm", "parameters", "loss", "old-domain loss", "mergeable", "switch, ms");
    assertThat(written.rows()).hasSize(3);
    assertThat(written.rows().get(2)).contains("broken", "diverged");
    JsonNode report = Json.read(study.folder().path().resolve("report.json"));
    assertThat(report.path("trials")).hasSize(4);
    assertThat(report.path("trials").get(0).path("loss").asDouble())
        .isCloseTo(loss(full.trials().get(0)), within(1e-12));
    assertThat(report.toString()).contains("ada, seed 1: ranks kept of 4");
    assertThat(written.page()).content().contains("Against full, paired by seed");
  }

  @Test
  void whatIsFinishedIsPassedOverAndAStoppedStudyGoesOn() throws IOException {
    Study study = study(STUDY, List.of());
    StopSignal stop = neverStopped();
    stop.request();
    assertThatThrownBy(() -> run(study, stop)).isInstanceOf(StoppedException.class);
    run(study, neverStopped());
    assertThat(said.toString(StandardCharsets.UTF_8)).contains("trial 8 of at most 8: broken");
    byte[] before = Files.readAllBytes(trial("ada", "-", 2).resolve("sft/metrics.jsonl"));
    StudyOutline again = run(study, neverStopped());
    assertThat(said.toString(StandardCharsets.UTF_8)).doesNotContain("trial ");
    assertThat(again.arms().get(1).trials()).hasSize(2);
    assertThat(trial("ada", "-", 2).resolve("sft/metrics.jsonl")).hasBinaryContent(before);
    // Other settings of one arm: its trials alone run again.
    run(study(STUDY.replace("target_rank: 2", "target_rank: 1"), List.of()), neverStopped());
    assertThat(said.toString(StandardCharsets.UTF_8))
        .contains("ada - seed 1", "ada - seed 2")
        .doesNotContain("full", "broken");
    assertThat(trial("ada", "-", 2).resolve("sft/metrics.jsonl"))
        .binaryContent()
        .isNotEqualTo(before);
  }

  @Test
  void overridesReachTrialsToo() throws IOException {
    Study study = study(STUDY, List.of("sft.training.steps=3", "base.training.steps=1"));
    assertThat(study.shared().steps()).hasSize(3);
    assertThat(study.firstOfEachArm().get(1).steps().get(3).config().toString())
        .contains("steps=3");
  }

  @Test
  void mistakesAreNamedBeforeAnythingRuns() {
    Map<String, String> mistakes =
        Map.of(
            "sft.method: adalora", "sft.methd: adalora",
            "search: {minimise: sft.eval_loss_best, seeds: [9]}", "",
            "baseline: full", "baseline: ful",
            "figures: {loss: sft.eval_loss_best}", "figures: {loss: sf.eval_loss_best}",
            "name: broken", "name: full",
            "[1e-6, 1e-2]", "[]");
    Map<String, String> messages =
        Map.of(
            "sft.method: adalora", "sft.methd: unknown key; did you mean method?",
            "search: {minimise: sft.eval_loss_best, seeds: [9]}",
                "study.search: is missing; arm full has a grid of 2 points",
            "baseline: full", "did you mean full?",
            "figures: {loss: sft.eval_loss_best}", "study.figures.loss: is sf; needed: one of sft",
            "name: broken", "holds the name full twice",
            "[1e-6, 1e-2]", "a list of values is needed");
    mistakes.forEach(
        (right, wrong) ->
            assertThatThrownBy(() -> study(STUDY.replace(right, wrong), List.of()))
                .isInstanceOf(UserException.class)
                .hasMessageContaining(messages.getOrDefault(right, "?")));
    assertThatThrownBy(() -> study("", List.of()))
        .hasMessageContaining("a study is a recipe with a section study");
    assertThat(folder.resolve("runs")).doesNotExist();
  }
}
