package org.plumbline.data;

/**
 * A prompt with an answer to imitate.
 *
 * @param prompt empty where the row is text alone
 * @param answer content of the last assistant turn, or the text
 */
public record Demonstration(Prompt prompt, String answer) {
  /** True for text without a prompt: every token of it may carry loss. */
  public boolean isText() {
    return prompt.isEmpty();
  }
}
