package org.plumbline.evaluation.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.plumbline.evaluation.chart.LineChart;
import org.plumbline.evaluation.chart.Series;
import org.plumbline.stage.AtomicFiles;
import org.plumbline.stage.Json;
import org.plumbline.stage.UserException;

/** Writes {@code report.html} and {@code report.json} of a study. */
public final class StudyReport {
  /** As many as a reader tells apart. */
  private static final int CURVES = 6;

  private StudyReport() {}

  /**
   * What was written.
   *
   * @param page the report
   * @param head of the table of all arms
   * @param rows of it
   */
  public record Written(Path page, List<String> head, List<List<String>> rows) {}

  /**
   * Writes the report anew.
   *
   * @param folder of the study
   * @param command how the study was started
   * @throws UserException where no trial of the baseline came to an end, or a figure has no number
   */
  public static Written write(Path folder, StudyOutline outline, String command)
      throws IOException {
    if (outline.baselineArm().trials().isEmpty()) {
      throw new UserException(
          "every trial of the baseline %s diverged; lower its learning rate"
              .formatted(outline.baseline()));
    }
    List<StudyArm> arms = new ArrayList<>();
    for (StudyOutline.ArmResult arm : outline.arms()) {
      arms.add(StudyArm.read(arm, outline.measured()));
    }
    StudyTables tables = new StudyTables(outline, arms);
    Block.Table all = tables.arms();
    List<Section> sections = new ArrayList<>();
    sections.add(new Section("arms", "All arms", List.of(all, tables.note())));
    sections.add(new Section("against", "Against the baseline", filled(tables.differences())));
    sections.add(new Section("curves", "Validation loss", charts(arms)));
    sections.add(new Section("ranks", "Ranks", ranks(arms)));
    sections.add(new Section("search", "Search", filled(tables.searches())));
    sections.add(
        new Section("how", "How it was made", List.of(new Block.Details("command", command))));
    sections.removeIf(Section::isEmpty);
    ObjectNode json = ReportJson.of(outline.name(), sections);
    json.set("trials", trials(outline, arms));
    AtomicFiles.DISK.writeString(folder.resolve(ReportWriter.JSON), Json.pretty(json));
    Path page = folder.resolve(ReportWriter.HTML);
    AtomicFiles.DISK.writeString(
        page,
        HtmlPage.render(
            outline.name(),
            "study · %d arms · seeds %s".formatted(arms.size(), outline.seeds()),
            sections));
    return new Written(page, all.head(), all.rows());
  }

  private static List<Block> filled(Block.Table table) {
    return table.rows().isEmpty() ? List.of() : List.of(table);
  }

  /** Loss curves of the first seed of the arms that get lowest. */
  private static List<Block> charts(List<StudyArm> arms) {
    List<Series> series =
        arms.stream()
            .flatMap(arm -> arm.trials().stream().limit(1).map(trial -> curve(arm, trial)))
            .filter(curve -> curve.size() > 0)
            .sorted(
                Comparator.comparingDouble(curve -> Arrays.stream(curve.y()).min().orElseThrow()))
            .limit(CURVES)
            .toList();
    LineChart chart =
        new LineChart(
            "Validation loss",
            "The first seed of the arms that get lowest, %d at most.".formatted(CURVES),
            "step",
            "nats per token",
            series,
            List.of());
    return chart.isEmpty() ? List.of() : List.of(new Block.Charts(List.of(chart)));
  }

  private static Series curve(StudyArm arm, TrialData trial) {
    return trial.stage().series("eval_loss", arm.result().name());
  }

  private static List<Block> ranks(List<StudyArm> arms) {
    List<Block> blocks = new ArrayList<>();
    for (StudyArm arm : arms) {
      for (TrialData trial : arm.trials()) {
        blocks.addAll(
            RankSection.blocks(
                trial.stage(), "%s, seed %d".formatted(arm.result().name(), trial.seed())));
      }
    }
    return blocks;
  }

  /** Every figure of every trial of the table. */
  private static ArrayNode trials(StudyOutline outline, List<StudyArm> arms) throws IOException {
    ArrayNode rows = Json.mapper().createArrayNode();
    for (StudyArm arm : arms) {
      for (TrialData trial : arm.trials()) {
        ObjectNode row = rows.addObject();
        row.put("arm", arm.result().name());
        row.put("at", arm.result().chosen());
        row.put("seed", trial.seed());
        for (Map.Entry<String, String> figure : outline.figures().entrySet()) {
          row.put(figure.getKey(), StudyOutline.figure(trial.folder(), figure.getValue()));
        }
        row.set("costs", trial.json("costs.json"));
        row.set("serving", trial.json("serving.json"));
      }
    }
    return rows;
  }
}
