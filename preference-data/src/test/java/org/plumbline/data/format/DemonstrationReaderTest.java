package org.plumbline.data.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.data.Dataset;
import org.plumbline.data.DatasetShape;
import org.plumbline.data.DatasetWriter;
import org.plumbline.data.Demonstration;
import org.plumbline.data.ImportReport;
import org.plumbline.data.Message;
import org.plumbline.data.SkipReason;

class DemonstrationReaderTest {
  @TempDir Path temp;

  private Dataset<Demonstration> read(String... lines) throws IOException {
    return DemonstrationReader.read(Lines.write(temp, "d.jsonl", lines));
  }

  @Test
  void everyShapeIsTakenAndNamed() throws IOException {
    Dataset<Demonstration> read =
        read(
            "{\"messages\":[{\"role\":\"user\",\"content\":\"q\"},{\"role\":\"assistant\",\"content\":\"a\"}]}",
            "{\"prompt\":\"q\",\"completion\":\"a\"}",
            "{\"prompt\":[{\"role\":\"user\",\"content\":\"q\"}],\"completion\":[{\"role\":\"assistant\",\"content\":\"a\"}]}",
            "{\"text\":\"all of it\"}");
    assertThat(read.report().shapes())
        .containsOnlyKeys(
            DatasetShape.MESSAGES,
            DatasetShape.STANDARD_COMPLETION,
            DatasetShape.CONVERSATIONAL_COMPLETION,
            DatasetShape.TEXT);
    assertThat(read.rows().subList(0, 3)).allMatch(d -> d.answer().equals("a"));
    assertThat(read.rows().get(0).prompt().messages()).containsExactly(new Message("user", "q"));
    assertThat(read.rows().get(1).prompt().isRaw()).isTrue();
    assertThat(read.rows().get(2).prompt().isRaw()).isFalse();
    assertThat(read.rows().get(3).isText()).isTrue();
    assertThat(read.rows().get(3).answer()).isEqualTo("all of it");
  }

  @Test
  void whatIsWrittenReadsBackEqual() throws IOException {
    List<Demonstration> rows =
        read(
                "{\"id\":\"1\",\"messages\":[{\"role\":\"user\",\"content\":\"q\"},{\"role\":\"assistant\",\"content\":\"a\"}],\"k\":1}",
                "{\"id\":2,\"prompt\":\"q\",\"completion\":\"a\"}",
                "{\"id\":\"3\",\"text\":\"t\"}")
            .rows();
    Path copy = temp.resolve("copy.jsonl");
    DatasetWriter.writeDemonstrations(copy, rows);
    assertThat(DemonstrationReader.read(copy).rows()).isEqualTo(rows);
    assertThat(Files.readAllLines(copy).get(2)).isEqualTo("{\"id\":\"3\",\"text\":\"t\"}");
  }

  @Test
  void toolCallsAndResultsAreKept() throws IOException {
    String row =
        "{\"id\":\"t\",\"messages\":[{\"role\":\"user\",\"content\":\"q\"},"
            + "{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[{\"id\":\"1\",\"type\":\"function\","
            + "\"function\":{\"name\":\"clock\",\"arguments\":\"{}\"}}]},"
            + "{\"role\":\"tool\",\"content\":\"9\",\"tool_call_id\":\"1\"},%s],"
            + "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"clock\"}}]}";
    String said = row.formatted("{\"role\":\"assistant\",\"content\":\"It is 9.\"}");
    String called =
        row.formatted(
            "{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[{\"function\":{\"name\":\"clock\",\"arguments\":{}}}]}");
    List<Demonstration> rows = read(said, called).rows();
    assertThat(rows).hasSize(2);
    assertThat(rows.get(0).prompt().messages().get(1).callsTools()).isTrue();
    assertThat(rows.get(0).prompt().meta()).containsOnlyKeys("tools");
    assertThat(rows.get(1).answer()).isEmpty();
    assertThat(rows.get(1).turn().callsTools()).isTrue();
    Path copy = temp.resolve("copy.jsonl");
    DatasetWriter.writeDemonstrations(copy, rows);
    assertThat(Files.readAllLines(copy)).containsExactly(said, called);
  }

  @Test
  void onlyCallsMayLackContent() {
    assertThatThrownBy(
            () ->
                read(
                    "{\"messages\":[{\"role\":\"user\",\"content\":null},{\"role\":\"assistant\",\"content\":\"a\"}]}"))
        .hasMessageEndingWith(
            "messages[0].content is a JSON null; a text is needed (lists of parts, such as images, are not taken)");
  }

  @Test
  void emptyAnswersAreCounted() throws IOException {
    ImportReport report =
        read("{\"text\":\"t\"}", "{\"prompt\":\"q\",\"completion\":\"\"}").report();
    assertThat(report.skipped())
        .containsExactly(
            new ImportReport.Skipped(
                "d.jsonl:2",
                SkipReason.EMPTY_ANSWER,
                "the answer holds no text",
                "{\"prompt\":\"q\",\"completion\":\"\"}"));
  }

  @Test
  void otherRowsAreRefused() {
    assertThatThrownBy(() -> read("{\"prompt\":\"q\",\"response\":\"a\"}"))
        .hasMessageEndingWith(
            "d.jsonl line 1: a demonstration needs \"messages\", \"prompt\" with \"completion\", or \"text\"; found: prompt, response");
    assertThatThrownBy(() -> read("{\"messages\":[{\"role\":\"user\",\"content\":\"q\"}]}"))
        .hasMessageEndingWith(
            "\"messages\" ends with a turn of user; the last turn is the answer and must be of assistant");
    assertThatThrownBy(() -> DemonstrationReader.read(temp.resolve("none.jsonl")))
        .hasMessageEndingWith("none.jsonl does not exist");
  }
}
