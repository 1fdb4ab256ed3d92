package org.plumbline.model.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.plumbline.model.JsonFiles;

/**
 * One turn of a conversation.
 *
 * @param role system, user, assistant or what else the template knows
 * @param content its text; of a message in parts the texts of those, one after another
 * @param json the whole message as templates see it: tool_calls, tool_call_id, name,
 *     reasoning_content, content in parts …; never changed
 */
public record ChatMessage(String role, String content, ObjectNode json) {
  /** The role whose turns a model learns. */
  public static final String ASSISTANT = "assistant";

  /** A turn of text alone. */
  public ChatMessage(String role, String content) {
    this(role, content, JsonFiles.object().put("role", role).put("content", content));
  }

  public static ChatMessage system(String content) {
    return new ChatMessage("system", content);
  }

  public static ChatMessage user(String content) {
    return new ChatMessage("user", content);
  }

  public static ChatMessage assistant(String content) {
    return new ChatMessage(ASSISTANT, content);
  }

  /** A message as data files hold it; role and content may be missing where a template copes. */
  public static ChatMessage of(ObjectNode json) {
    StringBuilder text = new StringBuilder();
    JsonNode content = json.path("content");
    if (content.isTextual()) {
      text.append(content.textValue());
    }
    for (JsonNode part : content) {
      text.append(part.isTextual() ? part.textValue() : part.path("text").asText(""));
    }
    return new ChatMessage(json.path("role").asText(""), text.toString(), json.deepCopy());
  }

  boolean isAssistant() {
    return role.equals(ASSISTANT);
  }
}
