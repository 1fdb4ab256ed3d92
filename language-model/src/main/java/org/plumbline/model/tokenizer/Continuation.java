package org.plumbline.model.tokenizer;

/**
 * A prompt followed directly by its completion.
 *
 * @param completionStart index of the completion's first token
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier of numbers, never compared
public record Continuation(int[] ids, int completionStart) {}
