package org.plumbline.data.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.stage.UserException;

/** Rows of supervised tasks come in as they stand; a malformed one is named with file and line. */
class TaskReaderTest {
  @TempDir private Path folder;

  private Path file(String... rows) throws IOException {
    return Files.writeString(folder.resolve("rows.jsonl"), String.join("\n", rows) + "\n");
  }

  private void refused(ThrowingReader reader, String row, String message) throws IOException {
    Path file = file("", row);
    assertThatThrownBy(() -> reader.read(file))
        .isInstanceOf(UserException.class)
        .hasMessage(file + " line 2: " + message);
  }

  private interface ThrowingReader {
    Object read(Path file) throws IOException;
  }

  @Test
  void textsHaveAClassAndMayHaveASecondText() throws IOException {
    Path file =
        file(
            "{\"text\":\"a\",\"label\":\"x\"}",
            "{\"id\":7,\"text\":\"a\",\"text_pair\":\"b\",\"label\":1}",
            "{\"id\":\"q\",\"text\":\"c\",\"label\":true}");
    assertThat(TaskReader.texts(file))
        .containsExactly(
            new LabelledText("rows.jsonl:1", "a", Optional.empty(), "x"),
            new LabelledText("7", "a", Optional.of("b"), "1"),
            new LabelledText("q", "c", Optional.empty(), "true"));
  }

  @Test
  void textsWithoutTextOrClassAreRefused() throws IOException {
    refused(
        TaskReader::texts,
        "{\"label\":\"x\"}",
        "key \"text\" is missing; the row has the keys label");
    refused(TaskReader::texts, "{\"text\":\" \",\"label\":\"x\"}", "\"text\" is blank");
    refused(
        TaskReader::texts,
        "{\"text\":\"a\",\"label\":0.5}",
        "key \"label\" must be text, found the number 0.5");
  }

  @Test
  void wordsHaveOneTagEach() throws IOException {
    Path file = file("{\"tokens\":[\"in\",\"New\",\"York\"],\"tags\":[\"O\",\"B-LOC\",\"I-LOC\"]}");
    assertThat(TaskReader.words(file))
        .containsExactly(
            new TaggedWords(
                "rows.jsonl:1", List.of("in", "New", "York"), List.of("O", "B-LOC", "I-LOC")));
  }

  @Test
  void tagsThatAreNoIob2AreRefused() throws IOException {
    refused(
        TaskReader::words,
        "{\"tokens\":[\"a\"],\"tags\":[\"O\",\"O\"]}",
        "1 tokens but 2 tags; one tag per token is needed");
    refused(
        TaskReader::words,
        "{\"tokens\":[\"a\",\"b\"],\"tags\":[\"B-X\",\"I-Y\"]}",
        "tags[1] is I-Y after B-X; in IOB2 a span begins with B-Y. IOB1 data?");
    refused(
        TaskReader::words,
        "{\"tokens\":[\"a\"],\"tags\":[\"I-X\"]}",
        "tags[0] is I-X after nothing; in IOB2 a span begins with B-X. IOB1 data?");
    refused(
        TaskReader::words,
        "{\"tokens\":[\"a\"],\"tags\":[\"S-X\"]}",
        "tags[0] is \"S-X\"; IOB2 knows O, B-TYPE and I-TYPE only");
    refused(
        TaskReader::words,
        "{\"tokens\":[\"a\",\" \"],\"tags\":[\"O\",\"O\"]}",
        "\"tokens\" holds no words, or a blank one");
    refused(
        TaskReader::words,
        "{\"tokens\":\"a b\",\"tags\":[\"O\"]}",
        "\"tokens\" is a JSON string; a list of texts is needed");
    refused(
        TaskReader::words,
        "{\"tokens\":[3],\"tags\":[\"O\"]}",
        "tokens[0] is a JSON number; a text is needed");
  }

  @Test
  void startsCountCodePoints() throws IOException {
    Path file =
        file(
            "{\"question\":\"q?\",\"context\":\"\ud83d\ude00 it is 7\",\"answers\":{\"text\":[\"7\"],\"answer_start\":[8]}}",
            "{\"question\":\"q?\",\"context\":\"c\",\"answers\":{\"text\":[],\"answer_start\":[]}}");
    List<AnsweredQuestion> rows = TaskReader.questions(file);
    assertThat(rows.get(0).answers()).containsExactly(new AnsweredQuestion.Answer("7", 8));
    assertThat(rows.get(0).answers().get(0).end()).isEqualTo(9);
    assertThat(rows.get(1).answers()).isEmpty();
  }

  @Test
  void answersThatDoNotStandInTheContextAreRefused() throws IOException {
    String row = "{\"question\":\"q?\",\"context\":\"it is 7\",\"answers\":{%s}}";
    refused(
        TaskReader::questions,
        row.formatted("\"text\":[\"7\"],\"answer_start\":[5]"),
        "answers[0] \"7\" does not stand at character 5 of the context. Starts in bytes?");
    refused(
        TaskReader::questions,
        row.formatted("\"text\":[\"7\"],\"answer_start\":[7]"),
        "answers[0] \"7\" does not stand at character 7 of the context. Starts in bytes?");
    refused(
        TaskReader::questions,
        row.formatted("\"text\":[\"7\"],\"answer_start\":[]"),
        "\"answers.answer_start\" is a JSON array; a list of 1 whole numbers is needed");
    refused(
        TaskReader::questions,
        row.formatted("\"text\":[\"\"],\"answer_start\":[0]"),
        "answers[0] needs a text and a whole number as its start");
    refused(
        TaskReader::questions,
        "{\"question\":\"q?\",\"context\":\"c\"}",
        "\"answers.text\" is missing; a list of texts is needed");
  }

  @Test
  void spansAreReadAsConllevalReadsThem() {
    assertThat(TagSpan.of(List.of("B-X", "I-X", "B-X", "O", "I-Y", "I-X", "I-X")))
        .containsExactly(
            new TagSpan("X", 0, 2),
            new TagSpan("X", 2, 3),
            new TagSpan("Y", 4, 5),
            new TagSpan("X", 5, 7));
    assertThat(TagSpan.of(List.of("O", "O"))).isEmpty();
  }
}
