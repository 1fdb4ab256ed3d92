package org.plumbline.data;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;

/**
 * One turn of a conversation.
 *
 * @param role {@code system}, {@code user}, {@code assistant} …, or {@link #TEXT} for plain text
 *     that no chat template may touch
 * @param extra further fields of the turn, such as {@code name}, in their order
 */
public record Message(String role, String content, Map<String, JsonNode> extra) {
  /** Role of plain text: TRL's "standard" format. */
  public static final String TEXT = "text";

  /** Role of the model's turns. */
  public static final String ASSISTANT = "assistant";

  /** Role of the human's turns. */
  public static final String USER = "user";

  public Message {
    extra = Fields.copy(extra);
  }

  /** A turn without further fields. */
  public Message(String role, String content) {
    this(role, content, Map.of());
  }

  /** Plain text. */
  public static Message raw(String text) {
    return new Message(TEXT, text);
  }
}
