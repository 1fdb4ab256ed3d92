package org.plumbline.model.chat;

import java.util.ArrayList;
import java.util.List;

/**
 * Turns as HH-RLHF writes them, for base models that never saw a chat template: {@code \n\nHuman:
 * …}, {@code \n\nAssistant: …}; the end-of-text token follows each answer.
 */
public final class PlainTurns implements ChatTemplate {
  private final String endToken;

  /** With {@code endToken} the text of the tokenizer's eos; "" leaves answers open. */
  public PlainTurns(String endToken) {
    this.endToken = endToken;
  }

  @Override
  public List<Segment> render(
      Conversation conversation, MaskPolicy policy, boolean addGenerationPrompt) {
    conversation.requireTextAlone("a folder without a chat template");
    List<ChatMessage> messages = conversation.messages();
    List<Segment> segments = new ArrayList<>();
    for (int i = 0; i < messages.size(); i++) {
      ChatMessage message = messages.get(i);
      segments.add(new Segment("\n\n" + speaker(message) + ":", false));
      String end = message.isAssistant() ? endToken : "";
      segments.add(new Segment(" " + message.content() + end, policy.trains(messages, i)));
    }
    if (addGenerationPrompt) {
      segments.add(new Segment("\n\nAssistant:", false));
    }
    return segments;
  }

  private static String speaker(ChatMessage message) {
    if (message.isAssistant()) {
      return "Assistant";
    }
    return message.role().equals("user") ? "Human" : "System";
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
