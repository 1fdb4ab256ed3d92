package org.plumbline.evaluation;

/**
 * A drawn reply.
 *
 * @param text without the end token
 * @param tokenIds the tokens drawn, the end token included
 * @param ended whether the end token was reached within the bound
 */
public record Reply(String text, int[] tokenIds, boolean ended) {}
