package org.plumbline.sft;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.plumbline.model.chat.EncodedDialogue;

/**
 * A row and what of it is learned, before it is cut to length.
 *
 * @param answer with loss on the last answer alone, which is kept the longest
 * @param learned what carries loss, one flag per token
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier of numbers, never compared
record MaskedRow(EncodedDialogue answer, boolean[] learned) {
  /** All of the row. */
  EncodedDialogue whole() {
    return new EncodedDialogue(answer.ids(), learned);
  }

  /**
   * At most so many tokens, the prompt cut first.
   *
   * @throws org.plumbline.model.ModelFormatException where nothing would be left of the answer
   */
  EncodedDialogue fitted(int maxLength) {
    int[] positions = IntStream.range(0, answer.length()).toArray();
    int[] kept = new EncodedDialogue(positions, answer.loss()).truncatedTo(maxLength).ids();
    int from = kept[0];
    int to = from + kept.length;
    return new EncodedDialogue(
        Arrays.copyOfRange(answer.ids(), from, to), Arrays.copyOfRange(learned, from, to));
  }

  /** Whether the answer loses its end at this length. */
  boolean isCutAt(int maxLength) {
    return answer.truncatedTo(maxLength).trainedTokens() < answer.trainedTokens();
  }
}
