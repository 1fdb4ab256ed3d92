package org.plumbline.model.generation;

import java.util.Arrays;
import java.util.List;
import org.plumbline.model.tokenizer.TextTokenizer;

/**
 * Texts that end a reply wherever they lie in it, across tokens too. Special tokens are no text: a
 * stop text may surround them.
 */
public final class StopTexts implements StopRule {
  /** A character has at most so many bytes, and a token at least one. */
  private static final int BYTES_PER_CHARACTER = 4;

  private final TextTokenizer tokenizer;
  private final List<String> texts;
  private final int reach;

  /**
   * Stops at these texts.
   *
   * @param tokenizer stays the caller's
   */
  public StopTexts(TextTokenizer tokenizer, List<String> texts) {
    if (texts.stream().anyMatch(String::isEmpty)) {
      throw new IllegalArgumentException(
          "a stop text is empty; needed: at least one character, else each reply ends at once");
    }
    this.tokenizer = tokenizer;
    this.texts = List.copyOf(texts);
    int longest = texts.stream().mapToInt(String::length).max().orElse(0);
    this.reach = BYTES_PER_CHARACTER * (longest + 1);
  }

  @Override
  public boolean ended(int row, int[] ids, int length) {
    // Only the last tokens can complete a stop text. How they decode may depend on those before,
    // so the whole reply has the last word.
    return !texts.isEmpty()
        && holds(text(ids, tailStart(ids, length), length))
        && holds(text(ids, 0, length));
  }

  /** The text up to the first stop text in it. */
  public String cut(String text) {
    return text.substring(
        0,
        texts.stream().mapToInt(text::indexOf).filter(at -> at >= 0).min().orElseGet(text::length));
  }

  private boolean holds(String text) {
    return texts.stream().anyMatch(text::contains);
  }

  private String text(int[] ids, int from, int to) {
    return tokenizer.decode(Arrays.copyOfRange(ids, from, to), true);
  }

  /** Where {@code reach} tokens that have a text are left. */
  private int tailStart(int[] ids, int length) {
    int start = length;
    int left = reach;
    while (start > 0 && left > 0) {
      start--;
      if (!tokenizer.isSpecial(ids[start]) && !tokenizer.tokenOf(ids[start]).isEmpty()) {
        left--;
      }
    }
    return start;
  }
}
