package org.plumbline.model.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.plumbline.model.JsonFiles;

/**
 * Turns and what else a template is told about them.
 *
 * @param variables of the template: tools, documents, enable_thinking …
 */
public record Conversation(List<ChatMessage> messages, ObjectNode variables) {
  private static final String TOOLS = "tools";

  public Conversation {
    messages = List.copyOf(messages);
    variables = variables.deepCopy();
  }

  /** Turns alone. */
  public static Conversation of(List<ChatMessage> messages) {
    return new Conversation(messages, JsonFiles.object());
  }

  /** Turns of an assistant that may call tools, given as a list of JSON schemas. */
  public static Conversation of(List<ChatMessage> messages, JsonNode tools) {
    ObjectNode variables = JsonFiles.object();
    variables.set(TOOLS, tools);
    return new Conversation(messages, variables);
  }

  /** The first few turns, told the same. */
  public Conversation first(int count) {
    return new Conversation(messages.subList(0, count), variables);
  }

  /** With one more turn. */
  public Conversation with(ChatMessage message) {
    List<ChatMessage> more = new ArrayList<>(messages);
    more.add(message);
    return new Conversation(more, variables);
  }

  boolean hasTools() {
    return !variables.path(TOOLS).isEmpty();
  }

  /**
   * For templates that write text alone.
   *
   * @throws IllegalArgumentException where that would drop a tool or a call of one
   */
  void requireTextAlone(String template) {
    boolean calls =
        messages.stream().anyMatch(message -> !message.json().path("tool_calls").isEmpty());
    if (hasTools() || calls) {
      throw new IllegalArgumentException(
          "%s has no place for tools; needed: a chat template that knows them".formatted(template));
    }
  }
}
