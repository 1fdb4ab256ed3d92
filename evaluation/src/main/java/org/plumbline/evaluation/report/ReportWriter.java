package org.plumbline.evaluation.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.plumbline.stage.AtomicFiles;
import org.plumbline.stage.Json;

/** Writes {@code report.html} and {@code report.json} from what stands in a run's directory. */
public final class ReportWriter {
  /** Name of the page within the run's directory. */
  public static final String HTML = "report.html";

  /** Name of the numbers beside it. */
  public static final String JSON = "report.json";

  private ReportWriter() {}

  /**
   * Writes the report anew; equal runs give equal bytes.
   *
   * @param runDirectory holds one directory per stage
   * @param command how the run was started, shown as the way to reproduce it; may be empty
   * @return the page
   * @throws org.plumbline.stage.UserException when there is no finished stage
   */
  public static Path write(Path runDirectory, String command) throws IOException {
    RunData run = RunData.read(runDirectory);
    List<EvaluationData> evaluations = EvaluationData.of(run);
    List<Section> sections =
        Stream.of(
                SummarySection.of(run, evaluations),
                WarningSection.of(run, evaluations),
                OutcomeSection.of(run, evaluations),
                FairnessSection.of(evaluations),
                SampleSection.of(run, evaluations),
                CurveSection.policies(run),
                CurveSection.rewardModels(run, RewardLines.charts(run, evaluations)),
                FeedbackSection.of(run),
                ForgettingSection.of(run),
                RankSection.of(run),
                CurveSection.language(run),
                ProvenanceSection.of(run, command))
            .filter(section -> !section.isEmpty())
            .toList();
    Path page = runDirectory.resolve(HTML);
    AtomicFiles.DISK.writeString(
        runDirectory.resolve(JSON), Json.pretty(ReportJson.of(run, sections, evaluations)));
    AtomicFiles.DISK.writeString(page, HtmlPage.render(run.name(), subtitle(run), sections));
    return page;
  }

  private static String subtitle(RunData run) {
    String seeds =
        run.stages().stream()
            .map(StageData::manifest)
            .map(manifest -> manifest.path("seed"))
            .filter(JsonNode::isNumber)
            .map(JsonNode::asText)
            .distinct()
            .collect(Collectors.joining(", "));
    return "%d stages%s".formatted(run.stages().size(), seeds.isEmpty() ? "" : " · seed " + seeds);
  }
}
