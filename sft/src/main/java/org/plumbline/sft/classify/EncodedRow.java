package org.plumbline.sft.classify;

/**
 * A row of data, or a window of it, as the model reads it. P = picked positions.
 *
 * @param source number of the data row that it comes from
 * @param ids token ids (T)
 * @param types token types (T), empty for models without
 * @param picks positions that are scored (P)
 * @param targets output that each pick should choose (P); of an answer the picks that start and end
 *     it (2)
 * @param from per pick where its piece of the data row begins: a word's number, or a code point of
 *     the context; -1 for positions outside the context (P)
 * @param to one past the end of that piece (P)
 * @param cut whether part of the data row did not fit
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier of numbers, never compared
record EncodedRow(
    int source,
    int[] ids,
    int[] types,
    int[] picks,
    int[] targets,
    int[] from,
    int[] to,
    boolean cut) {}
