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
  public List<Segment> render(List<ChatMessage> messages, boolean addGenerationPrompt) {
    List<Segment> segments = new ArrayList<>();
    for (ChatMessage message : messages) {
      if (message.isAssistant()) {
        segments.add(new Segment("\n\nAssistant:", false));
        segments.add(new Segment(" " + message.content() + endToken, true));
      } else {
        String speaker = message.role().equals("user") ? "Human" : "System";
        segments.add(new Segment("\n\n" + speaker + ": " + message.content(), false));
      }
    }
    if (addGenerationPrompt) {
      segments.add(new Segment("\n\nAssistant:", false));
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
