package org.plumbline.data.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.plumbline.data.Dataset;
import org.plumbline.data.DatasetShape;
import org.plumbline.data.DatasetWriter;
import org.plumbline.data.ImportReport;
import org.plumbline.data.Message;
import org.plumbline.data.Outcome;
import org.plumbline.data.PreferencePair;
import org.plumbline.data.SkipReason;
import org.plumbline.stage.UserException;

class PairReaderTest {
  private static final String TURNS =
      "{\"prompt\":[{\"role\":\"user\",\"content\":\"Hi\"}],"
          + "\"chosen\":[{\"role\":\"assistant\",\"content\":\"Hello\"}],"
          + "\"rejected\":[{\"role\":\"assistant\",\"content\":\"What\"}]}";
  private static final String WHOLE =
      "{\"chosen\":[{\"role\":\"system\",\"content\":\"S\"},{\"role\":\"user\",\"content\":\"Hi\"},"
          + "{\"role\":\"assistant\",\"content\":\"Hello\"}],"
          + "\"rejected\":[{\"role\":\"system\",\"content\":\"S\"},{\"role\":\"user\",\"content\":\"Hi\"},"
          + "{\"role\":\"assistant\",\"content\":\"What\"}]}";

  @TempDir Path temp;

  private Dataset<PreferencePair> read(String... lines) throws IOException {
    return PairReader.read(Lines.write(temp, "pairs.jsonl", lines));
  }

  private PreferencePair only(String line) throws IOException {
    Dataset<PreferencePair> read = read(line);
    assertThat(read.rows()).hasSize(1);
    return read.rows().get(0);
  }

  @Test
  void standardRowsAreRawTexts() throws IOException {
    Dataset<PreferencePair> read =
        read("{\"prompt\":\"The sky is\",\"chosen\":\" blue.\",\"rejected\":\" green.\"}");
    PreferencePair pair = read.rows().get(0);
    assertThat(pair.prompt().isRaw()).isTrue();
    assertThat(pair.prompt().messages()).containsExactly(Message.raw("The sky is"));
    assertThat(pair.chosen()).isEqualTo(" blue.");
    assertThat(pair.id()).matches("[0-9a-f]{32}");
    assertThat(pair.source()).isEqualTo("pairs.jsonl:1");
    assertThat(read.report().shapes()).containsOnlyKeys(DatasetShape.STANDARD_PREFERENCE);
  }

  @Test
  void conversationalRowsAreTurns() throws IOException {
    Dataset<PreferencePair> read = read(TURNS);
    PreferencePair pair = read.rows().get(0);
    assertThat(pair.prompt().messages()).containsExactly(new Message("user", "Hi"));
    assertThat(pair.chosen()).isEqualTo("Hello");
    assertThat(pair.rejected()).isEqualTo("What");
    assertThat(read.report().shapes()).containsOnlyKeys(DatasetShape.CONVERSATIONAL_PREFERENCE);
    assertThat(read.report().summary())
        .isEqualTo(
            "pairs.jsonl: 1 rows, 1 kept; conversational preference: prompt, chosen and rejected are messages");
  }

  @Test
  void implicitPromptIsTheCommonTurns() throws IOException {
    Dataset<PreferencePair> read = read(WHOLE);
    assertThat(read.rows().get(0).prompt().messages())
        .containsExactly(new Message("system", "S"), new Message("user", "Hi"));
    assertThat(read.report().shapes()).containsOnlyKeys(DatasetShape.CONVERSATIONAL_IMPLICIT);
  }

  @ParameterizedTest
  @CsvSource({
    // TRL's extract_prompt gives the same three parts
    "The sky is blue.,The sky is green.,The sky is,' blue.',' green.'",
    "abc1,abc2,abc,1,2",
    "x \uD83D\uDE00,x \uD83D\uDE01,x,' \uD83D\uDE00',' \uD83D\uDE01'"
  })
  void implicitPromptIsTheCommonText(
      String chosen, String rejected, String prompt, String first, String second)
      throws IOException {
    PreferencePair pair =
        only("{\"chosen\":\"%s\",\"rejected\":\"%s\"}".formatted(chosen, rejected));
    assertThat(pair.prompt().messages()).containsExactly(Message.raw(prompt));
    assertThat(List.of(pair.chosen(), pair.rejected())).containsExactly(first, second);
  }

  @Test
  void transcriptsAreRecognisedUnlessTheFormatIsTrl() throws IOException {
    String row =
        "{\"chosen\":\"\\n\\nHuman: Hi\\n\\nAssistant: Yes\",\"rejected\":\"\\n\\nHuman: Hi\\n\\nAssistant: No\"}";
    PreferencePair pair = only(row);
    assertThat(pair.prompt().messages()).containsExactly(new Message("user", "Hi"));
    assertThat(pair.chosen()).isEqualTo("Yes");
    Path file = temp.resolve("pairs.jsonl");
    PreferencePair text = new PairReader(DataFormat.TRL, false).readAll(file).rows().get(0);
    assertThat(text.prompt().messages())
        .containsExactly(Message.raw("\n\nHuman: Hi\n\nAssistant:"));
  }

  @Test
  void furtherFieldsSurviveARoundTrip() throws IOException {
    String row =
        "{\"id\":\"p1\",\"prompt_id\":\"q\",\"prompt\":[{\"role\":\"user\",\"content\":\"é🙂\",\"name\":\"a\"}],"
            + "\"chosen\":[{\"role\":\"assistant\",\"content\":\"x\"}],\"rejected\":[{\"role\":\"assistant\",\"content\":\"y\"}],"
            + "\"outcome\":\"tie\",\"margin\":0.25,\"annotator\":\"ann\",\"source\":\"f:1\",\"z\":{\"b\":[1,null]},\"a\":2}";
    PreferencePair pair = only(row);
    assertThat(pair.extra()).containsOnlyKeys("z", "a");
    assertThat(pair.margin()).isEqualTo(OptionalDouble.of(0.25));
    assertThat(pair.outcome()).isEqualTo(Outcome.TIE);
    Path copy = temp.resolve("copy.jsonl");
    DatasetWriter.writePairs(copy, List.of(pair));
    assertThat(Files.readString(copy)).isEqualTo(row + "\n");
    assertThat(PairReader.read(copy).rows()).containsExactly(pair);
  }

  @Test
  void emptyAndIdenticalAnswersAreCountedNotHidden() throws IOException {
    Dataset<PreferencePair> read =
        read(
            TURNS,
            "",
            "{\"prompt\":\"p\",\"chosen\":\" \",\"rejected\":\"b\"}",
            "{\"prompt\":\"p\",\"chosen\":\"b\",\"rejected\":\"b\"}",
            "{\"chosen\":\"one\",\"rejected\":\"two\"}");
    assertThat(read.rows()).hasSize(1);
    assertThat(read.report().rows()).isEqualTo(4);
    assertThat(read.report().skipped())
        .containsExactly(
            new ImportReport.Skipped(
                "pairs.jsonl:3",
                SkipReason.EMPTY_ANSWER,
                "the chosen answer holds no text",
                "{\"prompt\":\"p\",\"chosen\":\" \",\"rejected\":\"b\"}"),
            new ImportReport.Skipped(
                "pairs.jsonl:4",
                SkipReason.IDENTICAL_ANSWERS,
                "both answers are the same text",
                "{\"prompt\":\"p\",\"chosen\":\"b\",\"rejected\":\"b\"}"),
            new ImportReport.Skipped(
                "pairs.jsonl:5",
                SkipReason.UNEQUAL_PROMPTS,
                "the two texts have no common beginning",
                "{\"chosen\":\"one\",\"rejected\":\"two\"}"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '`',
      value = {
        "{\"prompt\":\"a\",\"chosen\":\"b\"}~\"rejected\" is missing; a preference pair needs \"chosen\" and \"rejected\"; found: prompt, chosen",
        "[1]~a row must be an object {…}, found a list",
        "{\"prompt\":\"a\",\"chosen\":[],\"rejected\":[]}~\"chosen\" is an empty list; at least one message is needed",
        "{\"prompt\":\"a\",\"chosen\":{},\"rejected\":[]}~\"chosen\" is a JSON object; a list of messages is needed",
        "{\"prompt\":\"a\",\"chosen\":[3],\"rejected\":[3]}~chosen[0] is a JSON number; an object with \"role\" and \"content\" is needed",
        "{\"prompt\":\"a\",\"chosen\":[{\"role\":\"assistant\",\"content\":[]}],\"rejected\":\"x\"}~chosen[0].content is a JSON array; a text is needed (lists of parts, such as images, are not taken)",
        "{\"prompt\":\"a\",\"chosen\":[{\"role\":\"user\",\"content\":\"b\"}],\"rejected\":\"x\"}~\"chosen\" holds [user]; one assistant turn is needed (leave \"prompt\" out for whole conversations)",
        "{\"prompt\":\"a\",\"chosen\":\"b\",\"rejected\":\"c\",\"outcome\":\"won\"}~\"outcome\" is \"won\"; needed: chosen, tie or none",
        "{\"prompt\":\"a\",\"chosen\":\"b\",\"rejected\":\"c\",\"margin\":\"1\"}~\"margin\" is \"1\"; needed: a number",
        "{\"chosen\":[{\"role\":\"user\",\"content\":\"a\"},{\"role\":\"user\",\"content\":\"b\"}],\"rejected\":[{\"role\":\"user\",\"content\":\"a\"},{\"role\":\"user\",\"content\":\"c\"}]}~the last turns are of user and user; needed: assistant"
      })
  void malformedRowsNameFileAndLine(String row, String message) {
    assertThatThrownBy(() -> read(TURNS, row))
        .isInstanceOf(UserException.class)
        .hasMessageEndingWith("pairs.jsonl line 2: " + message);
  }

  @Test
  void malformedRowsCanBePassedOver() throws IOException {
    Path file = Lines.write(temp, "bad.jsonl", "{\"prompt\":", TURNS, "{}");
    Dataset<PreferencePair> read = new PairReader(DataFormat.AUTO, true).readAll(file);
    assertThat(read.rows()).hasSize(1);
    assertThat(read.report().rows()).isEqualTo(3);
    assertThat(read.report().skippedByReason()).containsEntry(SkipReason.MALFORMED, 2);
    assertThat(read.report().skipped().get(0).detail())
        .startsWith("line 1: is not valid JSON")
        .doesNotContain(temp.toString());
    assertThat(read.report().skipped().get(1).source()).isEqualTo("bad.jsonl:3");
  }

  @Test
  void aBrokenGzipFileIsNeverPassedOver() throws IOException {
    Path whole = temp.resolve("whole.jsonl.gz");
    DatasetWriter.writePairs(whole, read(TURNS, TURNS, WHOLE).rows());
    byte[] bytes = Files.readAllBytes(whole);
    Path cut =
        Files.write(
            temp.resolve("cut.jsonl.gz"), java.util.Arrays.copyOf(bytes, bytes.length - 20));
    assertThatThrownBy(() -> new PairReader(DataFormat.AUTO, true).readAll(cut))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("cut.jsonl.gz");
    assertThat(PairReader.read(whole).rows()).hasSize(3);
  }

  @Test
  void hhFormatRefusesOtherShapes() throws IOException {
    Path file = Lines.write(temp, "pairs.jsonl", TURNS);
    assertThatThrownBy(() -> new PairReader(DataFormat.HH_RLHF, false).readAll(file))
        .hasMessageEndingWith(
            "line 1: HH-RLHF rows hold the texts \"chosen\" and \"rejected\" and no prompt; found: prompt, chosen, rejected. Is the format trl?");
  }
}
