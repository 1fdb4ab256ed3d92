package org.plumbline.model.chat;

/**
 * One turn of a conversation.
 *
 * @param role system, user, assistant or what else the template knows
 */
public record ChatMessage(String role, String content) {
  /** The role whose turns a model learns. */
  public static final String ASSISTANT = "assistant";

  public static ChatMessage system(String content) {
    return new ChatMessage("system", content);
  }

  public static ChatMessage user(String content) {
    return new ChatMessage("user", content);
  }

  public static ChatMessage assistant(String content) {
    return new ChatMessage(ASSISTANT, content);
  }

  boolean isAssistant() {
    return role.equals(ASSISTANT);
  }
}
