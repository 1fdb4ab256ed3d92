package org.plumbline.model.chat;

import java.util.List;

/** How a conversation is spelled for a model. */
public interface ChatTemplate {
  /**
   * The conversation in order; the texts joined are what the model sees.
   *
   * @param policy which turns are marked as trained
   * @param addGenerationPrompt whether to end with what makes the assistant speak next
   * @throws IllegalArgumentException where the template refuses the conversation, or where it is
   *     not certain which part of the text a trained turn is; names the message
   */
  List<Segment> render(Conversation conversation, MaskPolicy policy, boolean addGenerationPrompt);

  /** The text of the token that ends an answer; "" where there is none. */
  String endToken();

  /**
   * Whether the tokenizer's own special tokens (a BOS) go before the rendered text. Otherwise the
   * template writes them itself, and they are never added a second time.
   */
  boolean addsTokenizerSpecials();

  /** As the other, with every turn of the assistant trained. */
  default List<Segment> render(List<ChatMessage> messages, boolean addGenerationPrompt) {
    return render(Conversation.of(messages), MaskPolicy.assistantTurns(), addGenerationPrompt);
  }

  /** The rendered text in one piece. */
  default String text(Conversation conversation, boolean addGenerationPrompt) {
    StringBuilder text = new StringBuilder();
    render(conversation, MaskPolicy.none(), addGenerationPrompt)
        .forEach(segment -> text.append(segment.text()));
    return text.toString();
  }

  /** The rendered text of turns alone. */
  default String text(List<ChatMessage> messages, boolean addGenerationPrompt) {
    return text(Conversation.of(messages), addGenerationPrompt);
  }
}
