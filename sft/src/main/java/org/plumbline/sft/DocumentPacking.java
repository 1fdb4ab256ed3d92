package org.plumbline.sft;

/** How documents become rows. Dialogues always begin a row, or a packed sequence, of their own. */
enum DocumentPacking {
  /**
   * One stream of documents with the end token between them, cut every {@code max_length} tokens; a
   * document may go over the edge of a row, and a row's documents see each other.
   */
  CONCATENATE,
  /**
   * Whole documents side by side in a row, none seeing another, positions anew in each; one longer
   * than {@code max_length} is cut into several.
   */
  WHOLE,
  /** Each document in rows of its own. */
  NONE
}
