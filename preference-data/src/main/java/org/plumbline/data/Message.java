package org.plumbline.data;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;

/**
 * One turn of a conversation.
 *
 * @param role {@code system}, {@code user}, {@code assistant} …, or {@link #TEXT} for plain text
 *     that no chat template may touch
 * @param content empty where a turn only calls tools
 * @param extra further fields of the turn, such as {@code name}, {@code tool_calls} or {@code
 *     tool_call_id}, in their order; a {@code content} among them is the null that was written
 */
public record Message(String role, String content, Map<String, JsonNode> extra) {
  /** Role of plain text: TRL's "standard" format. */
  public static final String TEXT = "text";

  /** Role of the model's turns. */
  public static final String ASSISTANT = "assistant";

  /** Role of the human's turns. */
  public static final String USER = "user";

  /** Field of the calls that a turn of the model makes, in OpenAI's shape. */
  public static final String TOOL_CALLS = "tool_calls";

  public Message {
    extra = Fields.copy(extra);
  }

  /** A turn without further fields. */
  public Message(String role, String content) {
    this(role, content, Map.of());
  }

  /** Whether the turn calls tools. */
  public boolean callsTools() {
    JsonNode calls = extra.get(TOOL_CALLS);
    return calls != null && calls.isArray() && !calls.isEmpty();
  }

  /** Plain text. */
  public static Message raw(String text) {
    return new Message(TEXT, text);
  }
}
