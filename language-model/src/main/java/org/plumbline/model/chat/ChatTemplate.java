package org.plumbline.model.chat;

import java.util.List;

/** How a conversation is spelled for a model. */
public interface ChatTemplate {
  /**
   * The conversation in order; the texts joined are what the model sees.
   *
   * @param addGenerationPrompt whether to end with what makes the assistant speak next
   */
  List<Segment> render(List<ChatMessage> messages, boolean addGenerationPrompt);

  /** The text of the token that ends an answer; "" where the tokenizer has none. */
  String endToken();

  /** Whether the tokenizer's own special tokens (a BOS) go before the rendered text. */
  boolean addsTokenizerSpecials();

  /** The rendered text in one piece. */
  default String text(List<ChatMessage> messages, boolean addGenerationPrompt) {
    StringBuilder text = new StringBuilder();
    render(messages, addGenerationPrompt).forEach(segment -> text.append(segment.text()));
    return text.toString();
  }
}
