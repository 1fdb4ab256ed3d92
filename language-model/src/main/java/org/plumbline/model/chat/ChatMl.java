package org.plumbline.model.chat;

import java.util.ArrayList;
import java.util.List;

/**
 * ChatML without a default system message, {@code <|im_start|>role\n…<|im_end|>\n}, for folders
 * whose tokenizer has its tokens but that hold no template.
 */
public final class ChatMl implements ChatTemplate {
  static final String START = "<|im_start|>";
  static final String END = "<|im_end|>";

  @Override
  public List<Segment> render(
      Conversation conversation, MaskPolicy policy, boolean addGenerationPrompt) {
    conversation.requireTextAlone("plain ChatML");
    List<ChatMessage> messages = conversation.messages();
    List<Segment> segments = new ArrayList<>();
    for (int i = 0; i < messages.size(); i++) {
      ChatMessage message = messages.get(i);
      segments.add(new Segment(START + message.role() + "\n", false));
      segments.add(new Segment(message.content() + END, policy.trains(messages, i)));
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
