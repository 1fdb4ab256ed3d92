package org.plumbline.model.chat;

import java.util.List;
import java.util.Set;

/**
 * Which turns of a conversation carry loss.
 *
 * @param roles whose turns do
 * @param lastOnly whether only the last of them does
 */
public record MaskPolicy(Set<String> roles, boolean lastOnly) {
  /** What tools answer is text that no model writes. */
  public static final Set<String> TOOL_RESULTS =
      Set.of("tool", "function", "ipython", "observation");

  public MaskPolicy {
    roles = Set.copyOf(roles);
    for (String role : roles) {
      if (TOOL_RESULTS.contains(role)) {
        throw new IllegalArgumentException(
            "role %s cannot be trained: tool results are not written by the model".formatted(role));
      }
    }
  }

  /** No turn: for prompts. */
  public static MaskPolicy none() {
    return new MaskPolicy(Set.of(), false);
  }

  /** The last turn of the assistant. */
  public static MaskPolicy lastAnswer() {
    return new MaskPolicy(Set.of(ChatMessage.ASSISTANT), true);
  }

  /** Every turn of the assistant. */
  public static MaskPolicy assistantTurns() {
    return roles(Set.of(ChatMessage.ASSISTANT));
  }

  /** Every turn of these roles. */
  public static MaskPolicy roles(Set<String> roles) {
    return new MaskPolicy(roles, false);
  }

  /** Whether the turn at an index carries loss. */
  public boolean trains(List<ChatMessage> messages, int index) {
    return trained(messages, index)
        && !(lastOnly
            && java.util.stream.IntStream.range(index + 1, messages.size())
                .anyMatch(later -> trained(messages, later)));
  }

  private boolean trained(List<ChatMessage> messages, int index) {
    return roles.contains(messages.get(index).role());
  }

  /** Whether nobody but the assistant is trained. */
  boolean isAssistantOnly() {
    return roles.equals(Set.of(ChatMessage.ASSISTANT));
  }
}
