package org.plumbline.evaluation.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.stage.Json;

/** Forgetting by hand-made curves: where two stages are compared, and what is said of it. */
class ForgettingSectionTest {
  private static final double[] TOKENS = {10, 20, 10};

  @TempDir private Path directory;

  /** One row of held-out.jsonl whose documents all have this loss per token. */
  private static Map<String, Object> row(int step, String set, boolean trained, double loss) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("step", step);
    row.put("set", set);
    row.put("trained", trained);
    List<Double> nats = new ArrayList<>();
    for (double tokens : TOKENS) {
      nats.add(tokens * loss);
    }
    row.put("nats", nats);
    row.put("tokens", TOKENS);
    return row;
  }

  private void stage(FakeRun run, String name, Map<String, Object> summary, double[][] losses)
      throws IOException {
    run.stage(name, "pretrain", Map.of("model", "base", "data", "new"), summary, List.of());
    List<Map<String, Object>> rows = new ArrayList<>();
    for (int k = 0; k < losses.length; k++) {
      rows.add(row(10 * k, "old", false, losses[k][1]));
      rows.add(row(10 * k, "new", true, losses[k][0]));
    }
    double[] last = losses[losses.length - 1];
    for (Map<String, Object> row :
        List.of(
            row(10 * losses.length, "old", false, last[1]),
            row(10 * losses.length, "new", true, last[0]))) {
      row.put("final", true);
      rows.add(row);
    }
    run.rows(name, "held-out.jsonl", rows);
  }

  private FakeRun run() throws IOException {
    FakeRun run = new FakeRun(directory);
    run.stage("base", "pretrain", Map.of(), Map.of(), List.of());
    // New-domain loss and old-domain loss at steps 0, 10, 20.
    stage(run, "alone", Map.of(), new double[][] {{4, 1}, {2, 3}, {1, 4}});
    stage(run, "both", Map.of("replay_share", 0.25), new double[][] {{4, 1}, {3, 1.2}, {1.5, 1.6}});
    return run;
  }

  @Test
  void stagesAreReadWhereTheyHaveLearnedTheSame() throws IOException {
    run();
    List<HeldOutCurve> alone = HeldOutCurve.of(StageData.read(directory.resolve("alone")));
    List<HeldOutCurve> both = HeldOutCurve.of(StageData.read(directory.resolve("both")));
    EqualLoss level = EqualLoss.of(List.of(alone.get(1), both.get(1)));
    assertThat(level.level()).isCloseTo(1.5, within(1e-12));
    // 2 at step 10, 1 at step 20: 1.5 half-way, where the old domain stands at 3.5.
    EqualLoss.Place place = level.first(alone.get(1));
    assertThat(place.before()).isEqualTo(1);
    assertThat(place.share()).isCloseTo(0.5, within(1e-12));
    HeldOutCurve.Point read = place.on(alone.get(0));
    assertThat(read.step()).isCloseTo(15, within(1e-9));
    assertThat(alone.get(0).loss(read)).isCloseTo(3.5, within(1e-9));
    assertThat(alone.get(0).perplexity(read).value()).isCloseTo(Math.exp(3.5), within(1e-6));
    HeldOutCurve.Point other = level.first(both.get(1)).on(both.get(0));
    assertThat(both.get(0).loss(other)).isCloseTo(1.6, within(1e-9));
    assertThat(alone.get(0).ratio(read, other).value()).isCloseTo(Math.exp(-1.9), within(1e-9));
    assertThat(new EqualLoss(9).first(alone.get(1))).isEqualTo(new EqualLoss.Place(0, 0));
  }

  @Test
  void theReportShowsBothReadingsAndWarns() throws IOException {
    FakeRun run = run();
    String html = Files.readString(ReportWriter.write(run.directory, ""));
    JsonNode json = Json.read(directory.resolve("report.json"));
    assertThat(html)
        .contains("<section id=\"forgetting\">")
        .contains("At equal loss on new: 1.5 nats per token, perplexity 4.48")
        .contains("alone forgot old: its perplexity is 20.1 times what it was");
    JsonNode blocks = Json.mapper().missingNode();
    for (JsonNode section : json.path("sections")) {
      blocks = section.path("id").asText().equals("forgetting") ? section.path("blocks") : blocks;
    }
    JsonNode equal = blocks.path(1).path("rows");
    assertThat(Json.line(equal.path(0)))
        .isEqualTo("[\"alone\",\"none\",\"15\",\"old\",\"2.72\",\"33.1\",\"–\"]");
    assertThat(Json.line(equal.path(1)))
        .isEqualTo("[\"both\",\"25.0\u00a0%\",\"20\",\"old\",\"2.72\",\"4.95\",\"× 0.15\"]");
    assertThat(blocks.path(3).path("charts")).hasSize(2);
  }

  @Test
  void stagesMeasuredOnOtherDocumentsAreNotCompared() throws IOException {
    FakeRun run = run();
    Path file = directory.resolve("both/held-out.jsonl");
    Files.writeString(file, Files.readString(file).replace("[10.0,20.0,10.0]", "[10.0,19.0,10.0]"));
    assertThat(Files.readString(ReportWriter.write(run.directory, "")))
        .contains("Perplexity on held-out sets")
        .doesNotContain("At equal loss");
  }

  @Test
  void aRunWithoutSetsHasNoSuchSection() throws IOException {
    assertThat(Files.readString(ReportWriter.write(FakeRun.whole(directory, "x").directory, "")))
        .doesNotContain("forgetting");
  }
}
