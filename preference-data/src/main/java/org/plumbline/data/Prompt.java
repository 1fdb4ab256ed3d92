package org.plumbline.data;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What a model answers.
 *
 * @param messages the conversation so far; a single message of role {@link Message#TEXT} for plain
 *     text; empty where a demonstration is text without a prompt
 * @param meta every other field of the row, such as {@code pair_key}, in their order
 */
public record Prompt(String id, List<Message> messages, Map<String, JsonNode> meta) {
  public Prompt {
    messages = List.copyOf(messages);
    meta = Fields.copy(meta);
  }

  /** A prompt without further fields. */
  public Prompt(String id, List<Message> messages) {
    this(id, messages, Map.of());
  }

  /** An id of a prompt that has none: a hash of its messages. */
  public static String idOf(List<Message> messages) {
    return ContentHash.of(messages);
  }

  /** A plain-text prompt. */
  public static Prompt raw(String id, String text) {
    return new Prompt(id, List.of(Message.raw(text)));
  }

  /** True for plain text, to which no chat template applies. */
  public boolean isRaw() {
    return messages.size() == 1 && messages.get(0).role().equals(Message.TEXT);
  }

  /** True for a demonstration's text without a prompt. */
  public boolean isEmpty() {
    return messages.isEmpty();
  }

  /** The prompt for a reader: plain text as it is, turns as {@code role: content} lines. */
  public String text() {
    if (isRaw()) {
      return messages.get(0).content();
    }
    return messages.stream()
        .map(message -> message.role() + ": " + message.content())
        .collect(Collectors.joining("\n"));
  }
}
