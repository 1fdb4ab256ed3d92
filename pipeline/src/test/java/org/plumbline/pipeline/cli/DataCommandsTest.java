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
