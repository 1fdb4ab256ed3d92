package org.plumbline.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * Reads demonstrations: {@code messages}, {@code prompt} with {@code completion} (texts or
 * messages), or {@code text}. Turns keep their tool calls and results, a row its {@code tools}.
 */
public final class DemonstrationReader {
  private static final Set<String> KNOWN = Set.of("id", "messages", "prompt", "completion", "text");

  private DemonstrationReader() {}

  /**
   * Reads a file; rows with an empty answer are kept out and reported.
   *
   * @throws org.plumbline.stage.UserException when the file is absent, or at the first malformed
   *     row
   */
  public static Dataset<Demonstration> read(Path file) throws IOException {
    return read(file, false);
  }

  /**
   * Reads a file.
   *
   * @param skipMalformed whether rows that cannot be read are reported and passed over
   */
  public static Dataset<Demonstration> read(Path file, boolean skipMalformed) throws IOException {
    return new RowImport<>(file, DemonstrationReader::parse, skipMalformed).run();
  }

  private static RowImport.Parsed<Demonstration> parse(Row row) {
    if (row.has("messages")) {
      List<Message> turns = row.messages("messages");
      Message last = turns.get(turns.size() - 1);
      if (!last.role().equals(Message.ASSISTANT)) {
        throw row.bad(
            "\"messages\" ends with a turn of %s; the last turn is the answer and must be of assistant"
                .formatted(last.role()));
      }
      return demonstration(row, DatasetShape.MESSAGES, turns.subList(0, turns.size() - 1), last);
    }
    if (row.has("prompt") && row.has("completion")) {
      boolean texts = row.isText("prompt") && row.isText("completion");
      return demonstration(
          row,
          texts ? DatasetShape.STANDARD_COMPLETION : DatasetShape.CONVERSATIONAL_COMPLETION,
          texts ? List.of(Message.raw(row.text("prompt"))) : PairParser.promptTurns(row),
          row.answerTurn("completion"));
    }
    if (row.has("text")) {
      return demonstration(row, DatasetShape.TEXT, List.of(), Message.raw(row.text("text")));
    }
    throw row.bad(
        "a demonstration needs \"messages\", \"prompt\" with \"completion\", or \"text\"; found: %s"
            .formatted(row.keys()));
  }

  private static RowImport.Parsed<Demonstration> demonstration(
      Row row, DatasetShape shape, List<Message> prompt, Message answer) {
    if (answer.content().isBlank() && !answer.callsTools()) {
      return RowImport.Parsed.skipped(shape, SkipReason.EMPTY_ANSWER, "the answer holds no text");
    }
    Prompt asked = new Prompt(row.id(), prompt, Fields.except(row.json(), KNOWN));
    return RowImport.Parsed.kept(shape, new Demonstration(asked, answer.content(), answer.extra()));
  }
}
