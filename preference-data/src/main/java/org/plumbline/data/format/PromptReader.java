package org.plumbline.data.format;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.plumbline.data.Dataset;
import org.plumbline.data.DatasetShape;
import org.plumbline.data.Fields;
import org.plumbline.data.ImportReport;
import org.plumbline.data.Message;
import org.plumbline.data.Prompt;

/** Reads prompts: {@code prompt} (a text or messages) or {@code messages}. */
public final class PromptReader {
  private static final Set<String> KNOWN = Set.of("id", "prompt", "messages");

  private PromptReader() {}

  /**
   * Reads a file. Where {@code messages} ends with an assistant turn, that answer is left off.
   *
   * @throws org.plumbline.stage.UserException when the file is absent, or at the first malformed
   *     row
   */
  public static Dataset<Prompt> read(Path file) throws IOException {
    List<Prompt> prompts = new ArrayList<>();
    ImportReport report =
        new RowImport<>(
                ImportRequest.of(file),
                new Recognition(DataFormat.MESSAGES, "prompts were asked for"),
                new Prompts(),
                prompts::add,
                reject -> {})
            .run();
    return new Dataset<>(prompts, report);
  }

  private record Prompts() implements Dialect<Prompt> {
    @Override
    public Optional<String> recognise(Row row) {
      return row.has("prompt") || row.has("messages")
          ? Optional.of("prompt or messages")
          : Optional.empty();
    }

    @Override
    public Parsed<Prompt> read(Row row) {
      return parse(row);
    }
  }

  private static Parsed<Prompt> parse(Row row) {
    if (row.isText("prompt")) {
      return prompt(row, DatasetShape.STANDARD_PROMPT, List.of(Message.raw(row.text("prompt"))));
    }
    if (row.has("prompt")) {
      return prompt(row, DatasetShape.CONVERSATIONAL_PROMPT, row.messages("prompt"));
    }
    if (row.has("messages")) {
      List<Message> turns = row.messages("messages");
      boolean answered = turns.get(turns.size() - 1).role().equals(Message.ASSISTANT);
      if (!answered) {
        return prompt(row, DatasetShape.CONVERSATIONAL_PROMPT, turns);
      }
      if (turns.size() == 1) {
        throw row.bad("\"messages\" holds an assistant turn only; a prompt is needed");
      }
      return prompt(row, DatasetShape.MESSAGES, turns.subList(0, turns.size() - 1));
    }
    throw row.bad("a prompt needs \"prompt\" or \"messages\"; found: " + row.keys());
  }

  private static Parsed<Prompt> prompt(Row row, DatasetShape shape, List<Message> messages) {
    return Parsed.kept(shape, new Prompt(row.id(), messages, Fields.except(row.json(), KNOWN)));
  }
}
