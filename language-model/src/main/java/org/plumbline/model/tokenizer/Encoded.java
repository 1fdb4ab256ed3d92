package org.plumbline.model.tokenizer;

import java.util.List;

/**
 * A text as tokens, with their places in it.
 *
 * @param starts first code point of each token's text, counted over the whole input
 * @param ends one past the last code point
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier of numbers, never compared
public record Encoded(int[] ids, List<String> tokens, int[] starts, int[] ends) {}
