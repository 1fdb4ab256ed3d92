package org.plumbline.sft;

import java.util.Set;
import org.plumbline.model.architecture.TokenLoss;

/**
 * How rows are laid out for the model, what is learned, and what is counted in them.
 *
 * @param rowsAtOnce rows (packed rows, if packed) computed at once
 * @param packTo most tokens of a packed row; 0: each sequence is a row of its own
 * @param endIds tokens that end a reply, counted where they carry loss; empty: not counted
 * @param loss form of a token's loss in training; evaluation is always by likelihood
 */
record BatchOptions(int rowsAtOnce, int packTo, Set<Integer> endIds, TokenLoss loss) {
  BatchOptions {
    endIds = Set.copyOf(endIds);
  }

  /** Each sequence in a row of its own, nothing counted. */
  static BatchOptions plain(int rowsAtOnce) {
    return new BatchOptions(rowsAtOnce, 0, Set.of(), TokenLoss.NLL);
  }
}
