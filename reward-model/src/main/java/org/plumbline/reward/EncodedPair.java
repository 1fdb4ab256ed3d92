package org.plumbline.reward;

/**
 * A pair as token ids, both with their prompt and up to the end token.
 *
 * @param margin by how much chosen should lead, 0 for none
 */
@SuppressWarnings("ArrayRecordComponent")
record EncodedPair(int[] chosen, int[] rejected, double margin) {}
