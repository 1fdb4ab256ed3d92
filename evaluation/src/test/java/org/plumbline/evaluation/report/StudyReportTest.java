package org.plumbline.evaluation.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.stage.Json;
import org.plumbline.stage.UserException;
import org.plumbline.stage.statistics.Interval;

/** Tables of made-up trials whose figures can be worked out by hand. */
final class StudyReportTest {
  @TempDir private Path directory;

  /**
   * A trial with this summary figure, validation losses at steps 10, 20, …, and held-out losses.
   */
  private Path trial(String arm, int seed, double figure, double[] losses, double[][] heldOut)
      throws IOException {
    Path folder = directory.resolve(arm).resolve("seed-" + seed);
    FakeRun run = new FakeRun(folder);
    run.stage("sft", "sft", Map.of(), Map.of("loss", figure, "parameters", 100), List.of());
    List<Map<String, Object>> metrics = new ArrayList<>();
    for (int i = 0; i < losses.length; i++) {
      metrics.add(Map.of("step", 10 * (i + 1), "eval_loss", losses[i]));
    }
    run.rows("sft", "metrics.jsonl", metrics);
    List<Map<String, Object>> rows = new ArrayList<>();
    for (int i = 0; i <= heldOut.length; i++) {
      double[] point = heldOut[Math.min(i, heldOut.length - 1)];
      for (int set = 0; set < 2; set++) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("step", 10 * i);
        row.put("set", set == 0 ? "new" : "old");
        row.put("trained", set == 0);
        row.put("nats", new double[] {10 * point[set], 10 * point[set]});
        row.put("tokens", new double[] {10, 10});
        row.put("final", i == heldOut.length);
        rows.add(row);
      }
    }
    run.rows("sft", "held-out.jsonl", rows);
    return folder;
  }

  private static StudyOutline.ArmResult arm(String name, Path... trials) {
    return new StudyOutline.ArmResult(name, "-", Map.of(), List.of(trials));
  }

  private StudyOutline outline(Optional<Double> level) throws IOException {
    double[][] fast = {{4, 1}, {2, 3}, {1, 4}};
    double[][] slow = {{4, 1}, {3, 1.5}, {2, 2}};
    return new StudyOutline(
        "made-up",
        "base",
        "sft",
        Map.of("loss", "sft.loss"),
        level,
        List.of(1L, 2L),
        List.of(
            arm(
                "base",
                trial("base", 1, 1.0, new double[] {3, 2, 1}, fast),
                trial("base", 2, 1.2, new double[] {3, 2, 1}, fast)),
            arm(
                "other",
                trial("other", 1, 1.3, new double[] {2, 1, 0.5}, slow),
                trial("other", 2, 1.5, new double[] {2, 1, 0.5}, slow)),
            new StudyOutline.ArmResult(
                "gone", "x=1", Map.of("x=1", OptionalDouble.empty()), List.of())));
  }

  private static StudyTables tables(StudyOutline outline) throws IOException {
    List<StudyArm> arms = new ArrayList<>();
    for (StudyOutline.ArmResult arm : outline.arms()) {
      arms.add(StudyArm.read(arm, outline.measured()));
    }
    return new StudyTables(outline, arms);
  }

  private static String cell(Block.Table table, int row, String column) {
    return table.rows().get(row).get(table.head().indexOf(column));
  }

  @Test
  void armsStandSideBySide() throws IOException {
    StudyTables tables = tables(outline(Optional.empty()));
    Block.Table table = tables.arms();
    assertThat(cell(table, 0, "loss")).startsWith("1.1 (");
    assertThat(cell(table, 0, "parameters")).isEqualTo("100");
    // All reach 2 on the new domain: there the old one stands at 3 and at 2.
    assertThat(tables.note().text()).contains("2 seeds", "gets down to 2 nats per token");
    assertThat(cell(table, 0, "old-domain loss")).isEqualTo("3");
    assertThat(cell(table, 1, "old-domain loss")).isEqualTo("2");
    assertThat(cell(table, 2, "note")).isEqualTo("diverged");
  }

  @Test
  void aLevelThatAnArmDoesNotReachIsSaid() throws IOException {
    Block.Table table = tables(outline(Optional.of(1.5))).arms();
    assertThat(cell(table, 0, "old-domain loss")).isEqualTo("3.5");
    assertThat(cell(table, 1, "old-domain loss")).isEqualTo("not reached");
  }

  @Test
  void armsAreComparedSeedBySeed() throws IOException {
    Block.Table table = tables(outline(Optional.empty())).differences();
    assertThat(table.rows()).hasSize(1);
    // 0.3 with both seeds, though the seeds differ by 0.2.
    assertThat(cell(table, 0, "loss")).isEqualTo("+0.3");
    // The baseline's loss of 1 is reached at step 20 instead of 30.
    assertThat(cell(table, 0, "steps to the baseline's loss")).isEqualTo("× 0.667");
  }

  @Test
  void thePageHoldsEveryTable() throws IOException {
    StudyReport.Written written =
        StudyReport.write(directory, outline(Optional.empty()), "plumbline study made-up.yaml");
    assertThat(written.page())
        .content()
        .contains("Against base, paired by seed", "Validation loss", "plumbline study");
    assertThat(Json.read(directory.resolve("report.json")).path("trials")).hasSize(4);
  }

  @Test
  void aFigureThatIsNotThereIsNamed() throws IOException {
    Path trial = trial("base", 1, 1.0, new double[] {1}, new double[][] {{1, 1}});
    assertThatThrownBy(() -> StudyOutline.figure(trial, "sft.los"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("has no number los; it has ")
        .hasMessageContaining("parameters");
    assertThatThrownBy(() -> StudyOutline.figure(trial, "eval.q"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("names no stage of the trial");
    assertThat(Files.exists(directory.resolve("report.html"))).isFalse();
  }

  /** Three numbers: mean 2, standard deviation 1, t(0.975, 2) = 4.3027, over √3. */
  @Test
  void intervalsOverSeedsAreStudents() {
    Interval interval = SeedInterval.mean(new double[] {1, 2, 3});
    assertThat(interval.value()).isEqualTo(2);
    assertThat(interval.high()).isCloseTo(2 + 4.302652730 / Math.sqrt(3), within(1e-8));
    Interval ratio = SeedInterval.ratio(new double[] {0.5, 2});
    assertThat(ratio.value()).isCloseTo(1, within(1e-12));
    assertThat(ratio.low() * ratio.high()).isCloseTo(1, within(1e-9));
  }
}
