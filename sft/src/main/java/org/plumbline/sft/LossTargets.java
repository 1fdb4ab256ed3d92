package org.plumbline.sft;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.plumbline.model.adapter.Adapter;
import org.plumbline.model.architecture.NllResult;
import org.plumbline.model.architecture.TokenBatch;
import org.plumbline.model.architecture.TransformerModel;
import org.plumbline.model.chat.EncodedDialogue;

/**
 * A batch and its loss tokens, N of them. The first token of a sequence has nothing to predict it
 * from, so it carries no loss, in a packed row neither.
 *
 * @param index flat positions that predict them (N)
 * @param ids the tokens themselves (N)
 * @param counts loss tokens of each sequence, in the order of the rows
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier of numbers, never compared
record LossTargets(TokenBatch batch, long[] index, long[] ids, int[] counts) {
  /** Each sequence in a row of its own. */
  static LossTargets of(List<EncodedDialogue> sequences) {
    return ofRows(sequences.stream().map(List::of).toList());
  }

  /**
   * Rows of one or more sequences.
   *
   * @param rows per row its sequences
   */
  static LossTargets ofRows(List<List<EncodedDialogue>> rows) {
    TokenBatch batch =
        rows.stream().allMatch(row -> row.size() == 1)
            ? TokenBatch.of(rows.stream().map(row -> row.get(0).ids()).toList())
            : TokenBatch.packed(
                rows.stream().map(row -> row.stream().map(EncodedDialogue::ids).toList()).toList());
    List<Long> index = new ArrayList<>();
    List<Long> ids = new ArrayList<>();
    List<Integer> counts = new ArrayList<>();
    for (int b = 0; b < rows.size(); b++) {
      int start = 0;
      for (EncodedDialogue sequence : rows.get(b)) {
        int before = ids.size();
        for (int t = 1; t < sequence.length(); t++) {
          if (sequence.loss()[t]) {
            index.add(batch.index(b, start + t - 1));
            ids.add((long) sequence.ids()[t]);
          }
        }
        counts.add(ids.size() - before);
        start += sequence.length();
      }
    }
    return new LossTargets(
        batch,
        index.stream().mapToLong(Long::longValue).toArray(),
        ids.stream().mapToLong(Long::longValue).toArray(),
        counts.stream().mapToInt(Integer::intValue).toArray());
  }

  /** Loss tokens that are one of these. */
  int count(Set<Integer> wanted) {
    int count = 0;
    for (long id : ids) {
      count += wanted.contains((int) id) ? 1 : 0;
    }
    return count;
  }

  /** Their negative log-likelihoods, without gradients or dropout. */
  NllResult losses(TransformerModel model, NDManager scope, List<Adapter> active) {
    NDArray picked = model.hidden(scope, batch, index, active);
    return model.nll(scope, picked, ids, new float[ids.length], active);
  }
}
