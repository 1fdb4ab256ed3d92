package org.plumbline.data;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;

/**
 * A prompt with an answer to imitate.
 *
 * @param prompt empty where the row is text alone
 * @param answer content of the last assistant turn, or the text; empty where that turn only calls
 *     tools
 * @param extra further fields of the last turn, such as {@code tool_calls}, in their order
 */
public record Demonstration(Prompt prompt, String answer, Map<String, JsonNode> extra) {
  public Demonstration {
    extra = Fields.copy(extra);
  }

  /** An answer without further fields. */
  public Demonstration(Prompt prompt, String answer) {
    this(prompt, answer, Map.of());
  }

  /** True for text without a prompt: every token of it may carry loss. */
  public boolean isText() {
    return prompt.isEmpty();
  }

  /** The answer as a turn. */
  public Message turn() {
    return new Message(Message.ASSISTANT, answer, extra);
  }
}
