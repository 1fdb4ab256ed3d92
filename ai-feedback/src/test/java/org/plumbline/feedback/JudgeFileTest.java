package org.plumbline.feedback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.stage.JsonLines;
import org.plumbline.stage.JsonRow;
import org.plumbline.stage.UserException;

class JudgeFileTest {
  @TempDir Path directory;

  private static final SampleJudge LONGER =
      new SampleJudge("longer", (prompt, a, b) -> a.length() > b.length() ? 0.9 : 0.1);

  private Map<String, Object> judge(String rows) throws IOException {
    Path input = Files.writeString(directory.resolve("pairs.jsonl"), rows);
    JudgeConfig config = TestJudges.config("http://unused/v1", true).at("sample-world", "");
    return new JudgeFile(config, LONGER, () -> false, done -> {})
        .judge(input, directory.resolve("verdicts.jsonl"));
  }

  @Test
  void rowsComeBackInOrderWithTheirVerdicts() throws IOException {
    Map<String, Object> summary =
        judge(
            """
            {"id":"x","prompt":"p","answer_a":"long answer","answer_b":"short","kept":[1]}
            {"id":2,"prompt":"p","answer_a":"a","answer_b":"bb"}
            {"prompt":"p","answer_a":"aa","answer_b":"bb"}
            """);

    List<JsonRow> rows = JsonLines.readAll(directory.resolve("verdicts.jsonl"));
    assertThat(rows).extracting(row -> row.text("verdict")).containsExactly("a", "b", "tie");
    assertThat(rows)
        .extracting(row -> row.object().path("probability_a").asDouble())
        .containsExactly(1.0, 0.0, 0.5);
    assertThat(rows.get(0).object().path("kept").toString()).isEqualTo("[1]");
    assertThat(rows.get(0).object().path("orders").toString())
        .isEqualTo(
            "[{\"order\":\"ab\",\"verdict\":\"a\",\"replies\":[\"{\\\"winner\\\": \\\"A\\\"}\"]},"
                + "{\"order\":\"ba\",\"verdict\":\"a\",\"replies\":[\"{\\\"winner\\\":"
                + " \\\"B\\\"}\"]}]");
    assertThat(summary).containsEntry("asked", 3).containsEntry("ties", 1);
  }

  @Test
  void malformedRowIsNamedBeforeAnythingIsAsked() {
    assertThatThrownBy(
            () ->
                judge(
                    "{\"id\":\"1\",\"prompt\":\"p\",\"answer_a\":\"a\",\"answer_b\":\"b\"}\n{\"id\":\"2\"}\n"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("pairs.jsonl line 2")
        .hasMessageContaining("\"prompt\" is missing");
    assertThat(directory.resolve("verdicts.jsonl.cache.jsonl")).doesNotExist();
  }

  @Test
  void emptyFileIsAnError() {
    assertThatThrownBy(() -> judge("\n"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("pairs.jsonl holds no rows; one pair per line is needed");
  }
}
