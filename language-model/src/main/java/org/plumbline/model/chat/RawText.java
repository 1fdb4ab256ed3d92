package org.plumbline.model.chat;

import java.util.ArrayList;
import java.util.List;

/**
 * No template: the turns follow each other as they are, and the end-of-text token follows each
 * answer. Prompts carry whatever marks their data has.
 */
public final class RawText implements ChatTemplate {
  private final String endToken;

  /** With {@code endToken} the text of the tokenizer's eos; "" leaves answers open. */
  public RawText(String endToken) {
    this.endToken = endToken;
  }

  @Override
  public List<Segment> render(
      Conversation conversation, MaskPolicy policy, boolean addGenerationPrompt) {
    conversation.requireTextAlone("plain text");
    List<ChatMessage> messages = conversation.messages();
    List<Segment> segments = new ArrayList<>();
    for (int i = 0; i < messages.size(); i++) {
      ChatMessage message = messages.get(i);
      String text = message.isAssistant() ? message.content() + endToken : message.content();
      segments.add(new Segment(text, policy.trains(messages, i)));
    }
    return segments;
  }

  @Override
  public String endToken() {
    return endToken;
  }

  @Override
  public boolean addsTokenizerSpecials() {
    return true;
  }
}
