package org.plumbline.evaluation.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.stage.Json;
import org.plumbline.stage.UserException;

class ReportWriterTest {
  @TempDir Path directory;

  private String write(FakeRun run) throws IOException {
    return Files.readString(ReportWriter.write(run.directory, "./plumbline run x.yaml"));
  }

  private JsonNode json() throws IOException {
    return Json.read(directory.resolve("report.json"));
  }

  @Test
  void showsEverySection() throws IOException {
    String html = write(FakeRun.whole(directory, "hello"));

    for (String id :
        List.of(
            "summary",
            "warnings",
            "outcome",
            "fairness",
            "samples",
            "policy",
            "reward",
            "judge",
            "language",
            "provenance")) {
      assertThat(html).contains("<section id=\"" + id + "\">");
    }
    assertThat(html)
        .contains("Alignment on human feedback turned sft into human-ppo.")
        .contains("Alignment on AI feedback turned sft into ai-ppo.")
        .contains("To reproduce: ./plumbline run x.yaml")
        .contains("Reward against √KL")
        .contains("keyword rule");
  }

  @Test
  void jsonHoldsTheNumbersThatThePageShows() throws IOException {
    String html = write(FakeRun.whole(directory, "hello"));
    String json = Files.readString(directory.resolve("report.json"));

    assertThat(json).contains("0.4321").contains("0.7654");
    Matcher shown = Pattern.compile("<td>(\\d[^<]*)</td>|<strong>([^<]*)</strong>").matcher(html);
    List<String> figures = new ArrayList<>();
    while (shown.find()) {
      figures.add(shown.group(1) == null ? shown.group(2) : shown.group(1));
    }
    assertThat(figures).hasSizeGreaterThan(20).allSatisfy(f -> assertThat(json).contains(f));
    assertThat(json().path("evaluations").has("evaluate")).isTrue();
    assertThat(json().path("stages").size()).isEqualTo(8);
  }

  @Test
  void sameRunSameBytes() throws IOException {
    FakeRun run = FakeRun.whole(directory, "hello");
    String first = write(run);
    String firstJson = Files.readString(directory.resolve("report.json"));

    assertThat(write(run)).isEqualTo(first);
    assertThat(directory.resolve("report.json")).hasContent(firstJson);
  }

  @Test
  void nothingIsFetchedAndNothingRuns() throws IOException {
    String html = write(FakeRun.whole(directory, "hello"));

    assertThat(html).contains("default-src 'none'; style-src 'unsafe-inline'");
    assertThat(html.replace("http://www.w3.org/2000/svg", ""))
        .doesNotContain("http:")
        .doesNotContain("https:")
        .doesNotContain("url(")
        .doesNotContain("@import")
        .doesNotContain("<script");
  }

  @Test
  void warnsOfWhatTheNumbersShow() throws IOException {
    String html = write(FakeRun.whole(directory, "hello"));

    assertThat(html)
        .contains("human-ppo: the reward rose and the truth fell")
        .contains("human-ppo treats the groups differently")
        .contains("human-ppo ends only 60.0\u00a0% of its replies")
        .contains("ai-pairs: the judge followed the position in 40.0\u00a0% of the pairs")
        .contains("ai-pairs: 10.0\u00a0% of the pairs got no verdict")
        .contains("human-reward (70.0\u00a0%) is no better than a bag of words (80.0\u00a0%)")
        .contains("sft: hello")
        .contains("Next step: take an earlier checkpoint");
  }

  @Test
  void humanRouteStandsBeforeTheAiRoute() throws IOException {
    FakeRun.whole(directory, "hello");

    assertThat(RunData.read(directory).ofKind("ppo"))
        .extracting(StageData::name)
        .containsExactly("human-ppo", "ai-ppo");
    assertThat(RunData.read(directory).route("ai-ppo")).contains("AI feedback");
    assertThat(RunData.read(directory).route("human-ppo")).contains("human feedback");
    assertThat(RunData.read(directory).route("sft")).isEmpty();
  }

  @Test
  void stagesStandBehindThoseTheyUse() throws IOException {
    FakeRun run = new FakeRun(directory);
    run.stage("a-last", "sft", Map.of("model", "z-first"), Map.of(), List.of());
    run.stage("z-first", "sft", Map.of(), Map.of(), List.of());

    assertThat(RunData.read(directory).stages())
        .extracting(StageData::name)
        .containsExactly("z-first", "a-last");
  }

  @Test
  void missingMetricsLeaveTheirChartsOut() throws IOException {
    FakeRun run = new FakeRun(directory);
    run.stage("ppo", "ppo", Map.of(), Map.of(), List.of());

    String html = write(run);

    assertThat(html).contains("has no finished evaluation").doesNotContain("<figure>");
  }

  @Test
  void damagedFilesLeaveTheirPartsOut() throws IOException {
    FakeRun run = FakeRun.whole(directory, "hello");
    Files.writeString(directory.resolve("evaluate/evaluation.json"), "{cut");
    Files.writeString(directory.resolve("sft/metrics.jsonl"), "{\"step\":1,\"loss\":2.0}\n{cut");
    Files.writeString(directory.resolve("human-ppo/samples.jsonl"), "[1]\n");

    assertThat(write(run)).contains("has no finished evaluation").contains("Supervised");
  }

  @Test
  void unfinishedAndReplacedStagesAreNoPartOfIt() throws IOException {
    FakeRun run = FakeRun.whole(directory, "hello");
    run.stage("sft.previous", "sft", Map.of(), Map.of(), List.of());
    Files.createDirectories(directory.resolve("unfinished"));

    assertThat(write(run)).doesNotContain("sft.previous").doesNotContain("unfinished");
  }

  @Test
  void runWithoutAFinishedStageIsAnError() throws IOException {
    assertThatThrownBy(() -> ReportWriter.write(directory, ""))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("holds no finished stage (no folder with manifest.json)");
    assertThatThrownBy(() -> ReportWriter.write(directory.resolve("none"), ""))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("none is not a directory; the folder of a run is needed");
  }
}
