package org.plumbline.pipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.stage.Json;
import org.plumbline.stage.JsonLines;
import org.plumbline.stage.JsonRow;

/** The commands that need no model: data import, judge, report. */
@Tag("contract")
class DataCommandsTest {
  @TempDir private Path folder;

  @Test
  void pairsAreImported() throws IOException {
    Path input =
        Files.write(
            folder.resolve("hh.jsonl"),
            List.of(
                "{\"chosen\":\"\\n\\nHuman: May I?\\n\\nAssistant: Yes.\",\"rejected\":\"\\n\\nHuman: May I?\\n\\nAssistant: No.\"}",
                "{\"chosen\":\"\\n\\nHuman: May I?\\n\\nAssistant: Yes.\",\"rejected\":\"\\n\\nHuman: May I?\\n\\nAssistant:\"}"));
    Path output = folder.resolve("pairs.jsonl");
    Cli.Result result =
        Cli.run("data", "import", "--format", "hh-rlhf", "--input", input, "--output", output)
            .done();
    assertThat(result.out()).contains("1 pairs", "empty answer", "hh.jsonl:2");
    List<JsonRow> rows = JsonLines.readAll(output);
    assertThat(rows).hasSize(1);
    assertThat(rows.get(0).value().toString()).contains("May I?", "Yes.", "No.");
  }

  @Test
  void badRowsAreNamedOrPassedOver() throws IOException {
    Path input =
        Files.write(
            folder.resolve("in.jsonl"),
            List.of("{\"prompt\":\"a\",\"chosen\":\"b\",\"rejected\":\"c\"}", "{\"prompt\":1}"));
    Path output = folder.resolve("out.jsonl");
    Cli.run("data", "import", "--input", input, "--output", output).refused("in.jsonl line 2");
    assertThat(output).doesNotExist();
    Path bad = folder.resolve("bad.jsonl");
    Cli.Result result =
        Cli.run(
                "data",
                "import",
                "--input",
                input,
                "--output",
                output,
                "--skip-bad-rows",
                bad,
                "--json")
            .done();
    assertThat(JsonLines.readAll(output)).hasSize(1);
    JsonRow kept = JsonLines.readAll(bad).get(0);
    assertThat(kept.text("source")).isEqualTo("in.jsonl:2");
    assertThat(kept.text("reason")).isEqualTo("malformed row");
    assertThat(kept.text("detail")).contains("prompt");
    assertThat(kept.text("row")).isEqualTo("{\"prompt\":1}");
    assertThat(Json.mapper().readTree(result.out()).path("pairs").asInt()).isEqualTo(1);
    Cli.run("data", "import", "--input", folder.resolve("no"), "--output", output).refused("no");
    Cli.run("data", "import", "--format", "odd", "--input", input, "--output", output)
        .refused("--format odd", "hh-rlhf");
  }

  private Path judged() throws IOException {
    return Files.writeString(
        folder.resolve("judged.csv"),
        "q,left,right,choice,who,when\n"
            + "a,x,y,left,ann,2026-01-01T00:00:00Z\na,x,y,left,bob,2026-01-01T00:00:00Z\n"
            + "b,x,y,right,ann,2026-01-02T00:00:00Z\nb,x,y,left,bob,2026-01-02T00:00:00Z\n"
            + "c,x,y,tie,ann,2026-01-03T00:00:00Z\nc,x,y,tie,bob,2026-01-03T00:00:00Z\n");
  }

  private static final String COLUMNS =
      "prompt=q,answer_a=left,answer_b=right,winner=choice,annotator=who,time=when";

  @Test
  void aColleaguesTableIsInspectedCountedAndCompared() throws IOException {
    Cli.run("data", "inspect", "--input", judged())
        .refused("judged.csv row 1", "fits no known format", "--columns");
    Cli.Result shown =
        Cli.run("data", "inspect", "--input", judged(), "--columns", COLUMNS, "--rows", 1).done();
    assertThat(shown.out())
        .contains("verdicts: two answers and a winner", "prompt, answer_a, answer_b and winner");
    Cli.run("data", "inspect", "--input", judged(), "--columns", "prompt=question")
        .refused("judged.csv header", "no column \"question\"", "q, left, right");
    Path own = folder.resolve("own.jsonl");
    Cli.run("data", "import", "--input", judged(), "--columns", COLUMNS, "--output", own).done();
    JsonNode stats =
        Json.mapper().readTree(Cli.run("data", "stats", "--input", own, "--json").done().out());
    assertThat(stats.path("preferences").asInt()).isEqualTo(6);
    assertThat(stats.path("items").asInt()).isEqualTo(3);
    assertThat(stats.path("ties").asInt()).isEqualTo(2);
    Path agreed = folder.resolve("agreed.jsonl");
    Cli.Result agreement =
        Cli.run("data", "agree", "--input", own, "--consensus", agreed, "--json").done();
    JsonNode figures = Json.mapper().readTree(agreement.out());
    assertThat(figures.path("raw").asDouble()).isEqualTo(2.0 / 3);
    assertThat(figures.path("pairs").get(0).path("items").asInt()).isEqualTo(3);
    assertThat(JsonLines.readAll(agreed)).hasSize(3);
    Cli.run("data", "agree", "--input", folder.resolve("none")).refused("none");
  }

  @Test
  void preferencesAreExportedForOtherTools() throws IOException {
    Path table = judged();
    for (String format : List.of("jsonl", "csv", "trl", "label-studio", "argilla")) {
      Path output = folder.resolve("out." + (format.equals("csv") ? "csv" : "json"));
      Cli.Result result =
          Cli.run(
                  "data",
                  "export",
                  "--input",
                  table,
                  "--columns",
                  COLUMNS,
                  "--format",
                  format,
                  "--output",
                  output,
                  "--json")
              .done();
      JsonNode report = Json.mapper().readTree(result.out());
      int ties = format.equals("trl") ? 2 : 0;
      assertThat(report.path("preferences").asInt()).as(format).isEqualTo(6 - ties);
      assertThat(report.path("left_out").path("tie").asInt()).isEqualTo(ties);
      Cli.run("data", "inspect", "--input", output).done();
    }
    Path no = folder.resolve("no");
    Cli.run("data", "export", "--input", table, "--format", "odd", "--output", no)
        .refused("--format odd", "label-studio");
    Cli.run(
            "data",
            "export",
            "--input",
            table,
            "--columns",
            COLUMNS,
            "--format",
            "parquet",
            "--output",
            no)
        .refused("preference-data-parquet");
    assertThat(no).doesNotExist();
  }

  @Test
  void demonstrationsAreImportedToo() throws IOException {
    Path input =
        Files.writeString(
            folder.resolve("alpaca.json"),
            "[{\"instruction\":\"Add.\",\"input\":\"1 1\",\"output\":\"2\"}]");
    Path output = folder.resolve("d.jsonl");
    Cli.Result result = Cli.run("data", "import", "--input", input, "--output", output).done();
    assertThat(result.out()).contains("1 demonstrations");
    assertThat(JsonLines.readAll(output).get(0).value().path("messages")).hasSize(2);
    Cli.run("data", "stats", "--input", input).refused("holds demonstrations");
    Cli.run("data").refused("import, inspect, export, stats, agree");
  }

  private Path pairs() throws IOException {
    return Files.write(
        folder.resolve("pairs.jsonl"),
        List.of(
            "{\"id\":\"1\",\"prompt\":\"user: may i use the pool?\",\"answer_a\":\"yes, of course. you may use it.\",\"answer_b\":\"no\"}",
            "{\"id\":\"2\",\"prompt\":\"user: may i use the pool?\",\"answer_a\":\"no\",\"answer_b\":\"no\"}"));
  }

  @Test
  void theSampleWorldJudges() throws IOException {
    Path config = Files.writeString(folder.resolve("judge.yaml"), "judge: {url: sample-world}\n");
    Path output = folder.resolve("verdicts.jsonl");
    Cli.run("judge", "--config", config, "--input", pairs(), "--output", output).done();
    List<JsonRow> rows = JsonLines.readAll(output);
    assertThat(rows).hasSize(2);
    for (JsonRow row : rows) {
      assertThat(row.value().path("verdict").asText()).isIn("a", "b", "tie", "none");
      assertThat(row.value().path("orders")).hasSize(2);
      assertThat(row.value().has("cost")).isTrue();
    }
    byte[] verdicts = Files.readAllBytes(output);
    Cli.run("judge", "--config", config, "--input", pairs(), "--output", output, "--replay").done();
    assertThat(output).hasBinaryContent(verdicts);
    Cli.run(
            "judge",
            "--config",
            config,
            "--input",
            pairs(),
            "--output",
            folder.resolve("v"),
            "--replay")
        .failed("judge.replay");
  }

  @Test
  void anUnreachableJudgeIsOneClearError() throws IOException {
    Path config =
        Files.writeString(
            folder.resolve("judge.yaml"),
            "url: http://127.0.0.1:1/v1\nmodel: none\nretries: 1\nretry_wait: 0.01\n");
    Path output = folder.resolve("verdicts.jsonl");
    Cli.run("judge", "--config", config, "--input", pairs(), "--output", output)
        .failed("127.0.0.1:1", "is the judge running");
    assertThat(output).doesNotExist();
  }

  @Test
  void aJudgesConfigAndRowsAreChecked() throws IOException {
    Path output = folder.resolve("verdicts.jsonl");
    Path config = Files.writeString(folder.resolve("judge.yaml"), "url: sample-world\n");
    Path bad = Files.writeString(folder.resolve("bad.jsonl"), "{\"prompt\":\"a\"}\n");
    Cli.run("judge", "--config", config, "--input", bad, "--output", output)
        .refused("bad.jsonl line 1", "answer_a");
    Path empty = Files.writeString(folder.resolve("empty.jsonl"), "");
    Cli.run("judge", "--config", config, "--input", empty, "--output", output)
        .refused("empty.jsonl holds no rows");
    Files.writeString(config, "url: sample-world\nretrys: 3\n");
    Cli.run("judge", "--config", config, "--input", pairs(), "--output", output)
        .refused("judge.yaml line 2", "retrys", "retries");
    Files.writeString(config, "url: ftp://x\n");
    Cli.run("judge", "--config", config, "--input", pairs(), "--output", output)
        .refused("judge.url=ftp://x");
  }

  @Test
  void aReportIsWrittenAgain() throws IOException {
    Cli.run(
            "sample-world",
            "--output",
            folder,
            "--run-name",
            "r",
            "--corpus",
            20,
            "--demonstrations",
            20,
            "--pairs",
            20,
            "--test-pairs",
            2,
            "--prompts",
            4,
            "--validation-prompts",
            2,
            "--test-prompts",
            2)
        .done();
    Path html = folder.resolve("r/report.html");
    Path json = folder.resolve("r/report.json");
    Files.delete(html);
    Files.delete(json);
    assertThat(Cli.run("report", folder.resolve("r")).done().out()).contains("report.html");
    assertThat(html)
        .content()
        .contains("<html", "sample-world")
        .doesNotContain("http://", "src=\"https");
    JsonNode root = Json.read(json);
    assertThat(root.isObject()).isTrue();
    Cli.run("report", folder.resolve("none")).refused("none");
    Cli.run("report", Files.createDirectory(folder.resolve("bare"))).refused("bare");
  }
}
