package org.plumbline.sft;

import java.util.Set;

/**
 * How rows are laid out for the model, and what is counted in them.
 *
 * @param rowsAtOnce rows (packed rows, if packed) computed at once
 * @param packTo most tokens of a packed row; 0: each sequence is a row of its own
 * @param endIds tokens that end a reply, counted where they carry loss; empty: not counted
 */
record BatchOptions(int rowsAtOnce, int packTo, Set<Integer> endIds) {
  BatchOptions {
    endIds = Set.copyOf(endIds);
  }

  /** Each sequence in a row of its own, nothing counted. */
  static BatchOptions plain(int rowsAtOnce) {
    return new BatchOptions(rowsAtOnce, 0, Set.of());
  }
}
