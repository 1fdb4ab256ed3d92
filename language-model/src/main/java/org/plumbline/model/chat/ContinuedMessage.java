package org.plumbline.model.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/**
 * A conversation whose last message is left open, so that the model goes on writing it: what
 * transformers calls {@code continue_final_message}.
 */
public final class ContinuedMessage {
  private static final String MARK = "CONTINUE_FINAL_MESSAGE_MARK ";

  private ContinuedMessage() {}

  /**
   * The rendered conversation up to the end of the last message's text.
   *
   * @throws IllegalArgumentException where there is no such text, or the template does not keep it
   */
  public static String text(ChatTemplate template, Conversation conversation) {
    List<ChatMessage> messages = conversation.messages();
    if (messages.isEmpty()) {
      throw new IllegalArgumentException("continue_final_message: there is no message");
    }
    int last = messages.size() - 1;
    ObjectNode marked = messages.get(last).json().deepCopy();
    String open = mark(marked);
    String text = template.text(conversation.first(last).with(ChatMessage.of(marked)), false);
    int end = text.lastIndexOf(MARK.strip());
    if (end < 0 || !text.contains(open.strip())) {
      throw new IllegalArgumentException(
          "continue_final_message: the last message does not appear in the rendered text; does the template drop or rewrite it?");
    }
    String kept = text.substring(0, end);
    // A template that trims the message has trimmed the mark too, and its space with it.
    return text.startsWith(MARK, end) ? kept : kept.stripTrailing();
  }

  /**
   * That text in segments.
   *
   * @param policy which turns are marked as trained
   * @throws IllegalArgumentException as {@link #text} and {@link ChatTemplate#render} do
   */
  public static List<Segment> segments(
      ChatTemplate template, Conversation conversation, MaskPolicy policy) {
    String text = text(template, conversation);
    List<Segment> open = new ArrayList<>();
    int at = 0;
    for (Segment segment : template.render(conversation, policy, false)) {
      int end = Math.min(text.length(), at + segment.text().length());
      String piece = segment.text().substring(0, end - at);
      if (!text.startsWith(piece, at)) {
        throw new IllegalArgumentException(
            "continue_final_message: the template writes other text once the last message is closed");
      }
      open.add(new Segment(piece, segment.trained()));
      at = end;
    }
    return open;
  }

  /** Puts the mark behind the message's last text, which is returned. */
  private static String mark(ObjectNode message) {
    JsonNode content = message.path("content");
    if (content.isTextual()) {
      message.put("content", content.textValue() + MARK);
      return content.textValue();
    }
    for (int i = content.size() - 1; i >= 0; i--) {
      if (content.get(i) instanceof ObjectNode part && part.path("text").isTextual()) {
        String text = part.path("text").textValue();
        part.put("text", text + MARK);
        return text;
      }
    }
    throw new IllegalArgumentException(
        "continue_final_message: the last message has no text to go on with");
  }
}
