package org.plumbline.model.chat;

import java.util.ArrayList;
import java.util.List;

/** ChatML without a default system message: {@code <|im_start|>role\n…<|im_end|>\n}. */
public final class ChatMl implements ChatTemplate {
  static final String START = "<|im_start|>";
  static final String END = "<|im_end|>";

  @Override
  public List<Segment> render(List<ChatMessage> messages, boolean addGenerationPrompt) {
    List<Segment> segments = new ArrayList<>();
    for (ChatMessage message : messages) {
      segments.add(new Segment(START + message.role() + "\n", false));
      segments.add(new Segment(message.content() + END, message.isAssistant()));
      segments.add(new Segment("\n", false));
    }
    if (addGenerationPrompt) {
      segments.add(new Segment(START + ChatMessage.ASSISTANT + "\n", false));
    }
    return segments;
  }

  @Override
  public String endToken() {
    return END;
  }

  @Override
  public boolean addsTokenizerSpecials() {
    return false;
  }
}
