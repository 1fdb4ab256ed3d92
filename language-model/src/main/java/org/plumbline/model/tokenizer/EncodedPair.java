package org.plumbline.model.tokenizer;

/**
 * A text or a pair of texts as an encoder takes it.
 *
 * @param types token type of each token: 0 for the first text, 1 for the second
 * @param special whether the tokenizer added the token
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier of numbers, never compared
public record EncodedPair(int[] ids, int[] types, boolean[] special) {
  /** Number of tokens. */
  public int length() {
    return ids.length;
  }
}
