package org.plumbline.sft.classify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.model.JsonFiles;
import org.plumbline.stage.UserException;
import org.plumbline.stage.config.ConfigReader;
import org.plumbline.stage.config.LocatedYaml;
import org.plumbline.testing.TestRun;
import org.plumbline.training.check.CheckedRows;
import org.plumbline.training.check.ShownRow;
import org.plumbline.training.check.ShownRow.ShownToken;

/** What {@code check} shows of a classify stage's rows, and each finding. */
class ClassifyCheckTest {
  private static final String TEXTS =
      """
      {"id":"a","text":"May I use the pool?","label":"pool"}
      {"id":"b","text":"A key, please.","label":"key"}
      """;
  private static final String WORDS =
      "{\"id\":\"%s\",\"tokens\":[\"ada\",\"from\",\"%s\"],\"tags\":[\"B-name\",\"O\",\"B-town\"]}\n";
  private static final String QUESTION =
      "{\"id\":\"%s\",\"question\":\"when?\",\"context\":\"%s\",\"answers\":{\"text\":[%s],\"answer_start\":[%s]}}\n";

  @TempDir private Path folder;
  private Path model;

  /** An encoder whose tokenizer makes nothing of {@code zzz}; a check needs no weights. */
  @BeforeEach
  void make() {
    model = folder.resolve("model");
    NewEncoder.write(
        model,
        new NewEncoderConfig(300, 16, 32, 1, 2, 64),
        List.of("ada from ulm may use the pool at nine").iterator());
    Path file = model.resolve("tokenizer.json");
    ObjectNode json = JsonFiles.read(file);
    json.putObject("normalizer")
        .put("type", "Replace")
        .put("content", "")
        .putObject("pattern")
        .put("String", "zzz");
    JsonFiles.write(file, json);
  }

  private CheckedRows check(String task, String rows, String more) throws IOException {
    Path data = Files.createDirectories(folder.resolve("data"));
    Files.writeString(data.resolve("train.jsonl"), rows);
    Files.writeString(data.resolve("test.jsonl"), rows);
    ClassifyConfig config =
        ConfigReader.read(
            ClassifyConfig.class,
            LocatedYaml.parse("test", "{task: %s, data: '%s'%s}".formatted(task, data, more)),
            "classify");
    ClassifyStage stage = new ClassifyStage();
    stage.validate(config, new TestRun(folder.resolve("validated")));
    return stage.check(config, Path::of, 7);
  }

  private String own() {
    return ", model: '%s'".formatted(model);
  }

  private static String marked(ShownRow row) {
    return row.tokens().stream()
        .filter(ShownToken::loss)
        .map(ShownToken::text)
        .collect(Collectors.joining("|"));
  }

  @Test
  void aClassIsReadAtTheFirstTokenOfAnEncoder() throws IOException {
    for (String start : List.of(own(), ", size: {vocab_size: 280}")) {
      CheckedRows rows = check("sequence", TEXTS, start);
      assertThat(rows.faults()).isEmpty();
      assertThat(rows.rows()).isEqualTo(2);
      assertThat(rows.learned())
          .isEqualTo("the class, read at the first token; classes: key, pool");
      ShownRow first = rows.shown().get(0);
      assertThat(first.id()).isEqualTo("a");
      assertThat(first.labels()).containsExactly("pool");
      assertThat(first.tokens().stream().map(ShownToken::text).collect(Collectors.joining()))
          .isEqualTo("[CLS]May I use the pool?[SEP]");
      assertThat(marked(first)).isEqualTo("[CLS]");
    }
  }

  @Test
  void aTagIsReadAtTheFirstTokenOfEachWord() throws IOException {
    CheckedRows rows = check("token", WORDS.formatted("a", "ulm"), own());
    assertThat(rows.faults()).isEmpty();
    assertThat(rows.learned()).endsWith("tags: B-name, B-town, O");
    ShownRow first = rows.shown().get(0);
    assertThat(first.labels()).containsExactly("B-name", "O", "B-town");
    assertThat(first.tokens().stream().filter(ShownToken::loss)).hasSize(3);
  }

  @Test
  void anAnswerIsMarkedFromStartToEnd() throws IOException {
    String rows =
        QUESTION.formatted("a", "the pool closes at nine", "\"at nine\"", "16")
            + QUESTION.formatted("b", "the pool closes", "", "");
    CheckedRows seen = check("question_answering", rows, own());
    assertThat(seen.faults()).isEmpty();
    assertThat(marked(seen.shown().get(0)).replace("|", "").strip()).isEqualTo("at nine");
    assertThat(seen.shown().get(0).labels()).containsExactly("at nine");
    assertThat(marked(seen.shown().get(1))).isEqualTo("[CLS]");
    assertThat(seen.shown().get(1).labels()).containsExactly("no answer");
  }

  @Test
  void unknownLabelsAndEmptyTextsStopIt() throws IOException {
    assertThatThrownBy(() -> check("sequence", TEXTS, own() + ", labels: [key, dog]"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("row a has the label \"pool\", which is none of [key, dog]");
    assertThatThrownBy(
            () -> check("sequence", TEXTS + "{\"text\":\" \",\"label\":\"key\"}\n", own()))
        .hasMessageContaining("train.jsonl")
        .hasMessageContaining("line 3")
        .hasMessageContaining("\"text\" is blank");
    String rows =
        TEXTS
            + "{\"id\":\"c\",\"text\":\"zzz\",\"label\":\"key\"}\n"
            + "{\"id\":\"d\",\"text\":\"a\",\"text_pair\":\" \",\"label\":\"key\"}\n";
    assertThat(check("sequence", rows, own()).faults())
        .containsExactly(
            "row c: the tokenizer knows no token of its text",
            "row d: its text, or second text, is empty");
  }

  @Test
  void spansWithoutATokenStopIt() throws IOException {
    String rows = WORDS.formatted("a", "zzz") + WORDS.formatted("b", "zzz");
    assertThat(check("token", rows, own()).faults())
        .containsExactly(
            "row a: the span town, \"zzz\", matches no token: the tokenizer has none for it (2 rows)");
    String far =
        "{\"id\":\"far\",\"tokens\":[%s\"ulm\"],\"tags\":[%s\"B-town\"]}\n"
            .formatted("\"from\",".repeat(40), "\"O\",".repeat(40));
    assertThat(check("token", far, own() + ", max_length: 16").faults())
        .containsExactly(
            "row far: the span town, \"ulm\", matches no token: it lies behind max_length; raise it, or split the row");
    String question = QUESTION.formatted("q", "the pool zzz closes", "\"zzz\"", "9");
    assertThat(check("question_answering", question, own()).faults())
        .containsExactly(
            "row q: the answer \"zzz\" matches no token: the tokenizer has none for its beginning or its end");
  }

  @Test
  void answersThatNoWindowHoldsStopIt() throws IOException {
    String answer = "the pool closes at nine and the bar closes at ten in the night";
    String rows = QUESTION.formatted("q", answer, "\"" + answer + "\"", "0");
    assertThat(check("question_answering", rows, own() + ", max_length: 24").faults())
        .containsExactly(
            "row q: no window holds the whole answer \"%s\": it is longer than what windows share; raise max_length (as far as the model has positions) or doc_stride"
                .formatted(answer));
    String brief = QUESTION.formatted("q", answer, "\"pool closes at nine\"", "4");
    assertThat(check("question_answering", brief, own() + ", max_answer_length: 3").faults())
        .singleElement()
        .asString()
        .contains("row q: the answer", "max_answer_length is 3, so it is never given");
  }
}
