package org.plumbline.data.format;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.plumbline.data.DatasetShape;
import org.plumbline.data.Demonstration;
import org.plumbline.data.Message;

/**
 * ShareGPT: {@code conversations} of turns with {@code from} (human, gpt, system …) and {@code
 * value} (lm-sys/FastChat, docs/training.md and data/dummy_conversation.json), with LLaMA-Factory's
 * {@code system} beside them.
 */
record ShareGptFormat() implements Dialect<Demonstration> {
  private static final Set<String> KNOWN = Set.of("id", "conversations", "system");
  private static final Map<String, String> ROLES =
      Map.of(
          "human", Message.USER,
          "user", Message.USER,
          "gpt", Message.ASSISTANT,
          "assistant", Message.ASSISTANT,
          "chatgpt", Message.ASSISTANT,
          "bing", Message.ASSISTANT,
          "bard", Message.ASSISTANT,
          "system", "system",
          "observation", "tool",
          "tool", "tool");

  @Override
  public Optional<String> recognise(Row row) {
    return row.json().path("conversations").isArray()
        ? Optional.of("conversations: ShareGPT")
        : Optional.empty();
  }

  @Override
  public Parsed<Demonstration> read(Row row) {
    List<Message> turns = new ArrayList<>();
    if (!row.textOr("system", "").isEmpty()) {
      turns.add(new Message("system", row.text("system")));
    }
    for (Row turn : row.objects("conversations")) {
      String from = turn.text("from");
      String role = ROLES.get(from);
      if (role == null) {
        throw turn.bad(
            "\"from\" is \"%s\"; needed: one of %s"
                .formatted(from, String.join(", ", ROLES.keySet().stream().sorted().toList())));
      }
      turns.add(new Message(role, turn.text("value"), turn.rest("from", "value")));
    }
    if (turns.isEmpty()) {
      throw row.bad("\"conversations\" is an empty list; at least one turn is needed");
    }
    return MessagesFormat.conversation(row, DatasetShape.SHAREGPT, "conversations", turns, KNOWN);
  }
}
