package org.plumbline.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.pipeline.Pipeline.StageResult;
import org.plumbline.pipeline.Pipeline.Status;
import org.plumbline.stage.Manifest;
import org.plumbline.stage.Manifests;
import org.plumbline.stage.RunLock;
import org.plumbline.stage.StopSignal;
import org.plumbline.stage.UserException;

/** When a stage is skipped, run again, resumed, refused: design.md section 2. */
class RunRulesTest {
  private static final RunOptions FORCE = new RunOptions(List.of(), false, true);
  private static final RunOptions FRESH = new RunOptions(List.of(), true, false);

  @TempDir private Path folder;

  private final CopyStage stage = new CopyStage();
  private final ByteArrayOutputStream said = new ByteArrayOutputStream();
  private Path input;

  @BeforeEach
  void writeInput() throws IOException {
    input = Files.writeString(folder.resolve("input.txt"), "ab");
  }

  /** Stages a ← input, b ← a, c ← b, apart ← input. */
  private List<StageResult> run(RunOptions options, String... overrides) throws IOException {
    Path file = folder.resolve("recipe.yaml");
    Files.writeString(
        file,
        """
        run: {name: r, seed: 3, output: '%s'}
        stages:
          - copy: {name: a, source: '%s'}
          - copy: {name: b, source: a}
          - copy: {name: c, source: b}
          - copy: {name: apart, source: '%s'}
        """
            .formatted(folder, input, input));
    stage.ran.clear();
    said.reset();
    Recipe recipe =
        new RecipeReader(new StageCatalog(List.of(stage))).read(file, List.of(overrides));
    Pipeline pipeline =
        new Pipeline(
            recipe,
            new StopSignal(line -> {}),
            new PrintStream(said, true, StandardCharsets.UTF_8));
    pipeline.check(options);
    return pipeline.run(options, () -> {});
  }

  private String said() {
    return said.toString(StandardCharsets.UTF_8);
  }

  private Manifest manifest(String name) throws IOException {
    return Manifests.read(folder.resolve("r").resolve(name)).orElseThrow();
  }

  private void leaveUnfinished(String name) {
    stage.breaking.add(name);
    assertThatThrownBy(() -> run(RunOptions.RESUME)).hasMessageEndingWith("broken on purpose");
    stage.breaking.clear();
    assertThat(folder.resolve("r").resolve(name).resolve("half.txt")).exists();
    assertThat(folder.resolve("r").resolve(name).resolve("manifest.json")).doesNotExist();
  }

  @Test
  void whatIsFinishedAndUnchangedIsSkipped() throws IOException {
    assertThat(run(RunOptions.RESUME)).extracting(StageResult::status).containsOnly(Status.RAN);
    assertThat(stage.ran).containsExactly("a", "b", "c", "apart");
    assertThat(run(RunOptions.RESUME)).extracting(StageResult::status).containsOnly(Status.SKIPPED);
    assertThat(stage.ran).isEmpty();
  }

  @Test
  void theManifestSaysWhatMadeTheArtifact() throws IOException {
    run(RunOptions.RESUME, "b.times=2");
    Manifest b = manifest("b");
    assertThat(b.kind()).isEqualTo("copy");
    assertThat(b.config().path("times").asInt()).isEqualTo(2);
    assertThat(b.inputs().get("source").value()).isEqualTo("a");
    assertThat(b.inputs().get("source").hash()).isEqualTo(Manifests.artifactHash(manifest("a")));
    assertThat(b.seed()).isEqualTo(3);
    assertThat(b.summary()).containsEntry("length", 4);
    assertThat(b.files()).containsOnlyKeys("half.txt", "text.txt");
    assertThat(b.versions()).containsKeys("plumbline", "java", "pytorch");
    assertThat(b.forced()).isFalse();
  }

  @Test
  void aChangedKeyRerunsTheStageAndWhatDependsOnIt() throws IOException {
    run(RunOptions.RESUME);
    run(RunOptions.RESUME, "b.times=2");
    assertThat(stage.ran).containsExactly("b", "c");
    assertThat(said()).contains("runs again: b.times was 1 and is 2", "the content of c.source=b");
    assertThat(folder.resolve("r/b/text.txt")).hasContent("abab");
    assertThat(folder.resolve("r/c/text.txt")).hasContent("abab");
    assertThat(folder.resolve("r/b.previous")).doesNotExist();
    assertThat(folder.resolve("r/c.previous")).doesNotExist();
  }

  @Test
  void aChangedInputRerunsAllThatReadIt() throws IOException {
    run(RunOptions.RESUME);
    Files.writeString(input, "xy");
    run(RunOptions.RESUME);
    assertThat(stage.ran).containsExactly("a", "b", "c", "apart");
    assertThat(folder.resolve("r/c/text.txt")).hasContent("xy");
  }

  @Test
  void equalContentStopsTheRerunThere() throws IOException {
    run(RunOptions.RESUME, "a.times=0");
    run(RunOptions.RESUME, "a.times=0", "b.times=5");
    assertThat(stage.ran).containsExactly("b");
  }

  @Test
  void placesOfOneMachineChangeNothing() throws IOException {
    run(RunOptions.RESUME);
    run(RunOptions.RESUME, "b.place=elsewhere");
    assertThat(stage.ran).isEmpty();
  }

  @Test
  void anotherSeedRerunsEverything() throws IOException {
    run(RunOptions.RESUME);
    run(RunOptions.RESUME, "run.seed=4");
    assertThat(stage.ran).containsExactly("a", "b", "c", "apart");
    assertThat(said()).contains("run.seed was 3 and is 4");
  }

  @Test
  void theFinishedPredecessorStaysUntilTheNewOneStands() throws IOException {
    run(RunOptions.RESUME);
    Path previous = folder.resolve("r/b.previous");
    stage.halfWay =
        () -> {
          if (stage.ran.get(stage.ran.size() - 1).equals("b")) {
            assertThat(previous.resolve("manifest.json")).exists();
          }
        };
    stage.breaking.add("b");
    assertThatThrownBy(() -> run(RunOptions.RESUME, "b.times=2"))
        .hasMessageEndingWith("broken on purpose");
    assertThat(previous.resolve("text.txt")).hasContent("ab");
    assertThat(folder.resolve("r/a/manifest.json")).exists();
    stage.breaking.clear();
    run(RunOptions.RESUME, "b.times=2");
    assertThat(previous).doesNotExist();
    assertThat(folder.resolve("r/b/text.txt")).hasContent("abab");
  }

  @Test
  void anUnfinishedStageResumesWhenNothingChanged() throws IOException {
    leaveUnfinished("b");
    List<StageResult> results = run(RunOptions.RESUME);
    assertThat(results)
        .extracting(StageResult::status)
        .containsExactly(Status.SKIPPED, Status.RESUMED, Status.RAN, Status.RAN);
    assertThat(manifest("b").summary()).containsEntry("resumed", true);
    assertThat(manifest("b").forced()).isFalse();
  }

  @Test
  void anUnfinishedStageWithAChangeIsRefusedNamingTheField() {
    leaveUnfinished("b");
    assertThatThrownBy(() -> run(RunOptions.RESUME, "b.times=2"))
        .isInstanceOf(UserException.class)
        .hasMessageContainingAll("stage b", "b.times was 1 and is 2", "--fresh", "--force");
    assertThatThrownBy(() -> run(RunOptions.RESUME, "run.seed=9"))
        .hasMessageContaining("run.seed was 3 and is 9");
    assertThat(stage.ran).isEmpty();
  }

  @Test
  void anUnfinishedStageWithAChangedFileIsRefused() throws IOException {
    leaveUnfinished("a");
    Files.writeString(input, "xy");
    assertThatThrownBy(() -> run(RunOptions.RESUME))
        .isInstanceOf(UserException.class)
        .hasMessageContainingAll("the content of a.source=", "input.txt changed", "--fresh");
    run(FRESH);
    assertThat(folder.resolve("r/a/text.txt")).hasContent("xy");
  }

  @Test
  void forceGoesOnAndMarksTheRun() throws IOException {
    leaveUnfinished("b");
    run(FORCE, "b.times=2");
    assertThat(said()).contains("b.times was 1 and is 2 (--force)");
    assertThat(manifest("b").forced()).isTrue();
    assertThat(manifest("b").summary()).containsEntry("resumed", true).containsEntry("length", 4);
    assertThat(manifest("a").forced()).isFalse();
    assertThat(manifest("c").forced()).isFalse();
  }

  @Test
  void aForcedStageStaysMarkedWhenItBreaksAgain() throws IOException {
    leaveUnfinished("b");
    stage.breaking.add("b");
    assertThatThrownBy(() -> run(FORCE, "b.times=2")).hasMessageEndingWith("broken on purpose");
    stage.breaking.clear();
    run(RunOptions.RESUME, "b.times=2");
    assertThat(manifest("b").forced()).isTrue();
  }

  @Test
  void freshStartsUnfinishedStagesOver() throws IOException {
    leaveUnfinished("b");
    run(FRESH, "b.times=2");
    assertThat(stage.ran).containsExactly("b", "c", "apart");
    assertThat(manifest("b").summary()).containsEntry("resumed", false);
    assertThat(manifest("b").forced()).isFalse();
  }

  @Test
  void oneStageBringsTheUnfinishedOnesItNeeds() throws IOException {
    run(new RunOptions(List.of("b"), false, false));
    assertThat(stage.ran).containsExactly("a", "b");
    run(new RunOptions(List.of("c"), false, false));
    assertThat(stage.ran).containsExactly("c");
    run(new RunOptions(List.of("b"), false, false));
    assertThat(stage.ran).isEmpty();
  }

  @Test
  @SuppressWarnings("try")
  void aFolderHasOneWriter() throws IOException {
    try (RunLock lock = RunLock.acquire(folder.resolve("r"), line -> {})) {
      assertThatThrownBy(() -> run(RunOptions.RESUME))
          .isInstanceOf(UserException.class)
          .hasMessageContainingAll("is being written by pid", "--output");
    }
    run(RunOptions.RESUME);
    assertThat(stage.ran).hasSize(4);
  }
}
