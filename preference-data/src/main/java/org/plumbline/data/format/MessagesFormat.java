package org.plumbline.data.format;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.plumbline.data.DatasetShape;
import org.plumbline.data.Demonstration;
import org.plumbline.data.Fields;
import org.plumbline.data.Message;
import org.plumbline.data.Prompt;
import org.plumbline.data.SkipReason;

/**
 * {@code messages} (OpenAI's chat fine-tuning files and TRL), {@code prompt} with {@code
 * completion} (texts or messages), or {@code text}. Turns keep their tool calls and results, a row
 * its {@code tools}.
 */
record MessagesFormat() implements Dialect<Demonstration> {
  private static final Set<String> KNOWN = Set.of("id", "messages", "prompt", "completion", "text");

  @Override
  public Optional<String> recognise(Row row) {
    if (row.has("messages")) {
      return Optional.of("messages: a conversation");
    }
    if (row.hasAll("prompt", "completion")) {
      return Optional.of("prompt and completion");
    }
    return row.isText("text") ? Optional.of("text") : Optional.empty();
  }

  @Override
  public Parsed<Demonstration> read(Row row) {
    if (row.has("messages")) {
      return conversation(row, DatasetShape.MESSAGES, "messages", row.messages("messages"), KNOWN);
    }
    if (row.has("prompt") && row.has("completion")) {
      boolean texts = row.isText("prompt") && row.isText("completion");
      return demonstration(
          row,
          texts ? DatasetShape.STANDARD_COMPLETION : DatasetShape.CONVERSATIONAL_COMPLETION,
          texts ? List.of(Message.raw(row.text("prompt"))) : TrlFormat.promptTurns(row),
          row.answerTurn("completion"),
          KNOWN);
    }
    if (row.has("text")) {
      return demonstration(row, DatasetShape.TEXT, List.of(), Message.raw(row.text("text")), KNOWN);
    }
    throw row.bad(
        "a demonstration needs \"messages\", \"prompt\" with \"completion\", or \"text\"; found: %s"
            .formatted(row.keys()));
  }

  /** A conversation whose last turn is the answer. */
  static Parsed<Demonstration> conversation(
      Row row, DatasetShape shape, String key, List<Message> turns, Set<String> known) {
    Message last = turns.get(turns.size() - 1);
    if (!last.role().equals(Message.ASSISTANT)) {
      throw row.bad(
          "\"%s\" ends with a turn of %s; the last turn is the answer and must be of assistant"
              .formatted(key, last.role()));
    }
    return demonstration(row, shape, turns.subList(0, turns.size() - 1), last, known);
  }

  static Parsed<Demonstration> demonstration(
      Row row, DatasetShape shape, List<Message> prompt, Message answer, Set<String> known) {
    if (answer.content().isBlank() && !answer.callsTools()) {
      return Parsed.skipped(shape, SkipReason.EMPTY_ANSWER, "the answer holds no text");
    }
    Prompt asked = new Prompt(row.id(), prompt, Fields.except(row.json(), known));
    return Parsed.kept(shape, new Demonstration(asked, answer.content(), answer.extra()));
  }
}
