package org.plumbline.sft;

import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.plumbline.model.adapter.Adapter;
import org.plumbline.model.architecture.TransformerModel;
import org.plumbline.model.chat.EncodedDialogue;

/** Losses of single sequences, for figures over documents; no gradients, no dropout. */
final class SequenceLosses {
  private final TransformerModel model;
  private final List<Adapter> active;
  private final int rowsAtOnce;

  SequenceLosses(TransformerModel model, List<Adapter> active, int rowsAtOnce) {
    this.model = model;
    this.active = active;
    this.rowsAtOnce = rowsAtOnce;
  }

  /** Σ −log p(y_t | y_&lt;t) over the loss tokens of each sequence, in nats, in their order. */
  double[] nats(List<EncodedDialogue> sequences) {
    List<Integer> byLength =
        IntStream.range(0, sequences.size())
            .boxed()
            .sorted(Comparator.comparingInt(i -> sequences.get(i).length()))
            .toList();
    List<List<Integer>> batches = new ArrayList<>();
    for (int from = 0; from < byLength.size(); from += rowsAtOnce) {
      batches.add(byLength.subList(from, Math.min(from + rowsAtOnce, byLength.size())));
    }
    List<double[]> sums =
        model.lanes().map(batches, batch -> sums(batch.stream().map(sequences::get).toList()));
    double[] nats = new double[sequences.size()];
    for (int n = 0; n < batches.size(); n++) {
      for (int i = 0; i < batches.get(n).size(); i++) {
        nats[batches.get(n).get(i)] = sums.get(n)[i];
      }
    }
    return nats;
  }

  private double[] sums(List<EncodedDialogue> batch) {
    LossTargets targets = LossTargets.of(batch);
    try (NDManager scope = model.newScope()) {
      float[] losses = targets.losses(model, scope, active).tokenLosses();
      double[] sums = new double[batch.size()];
      int at = 0;
      for (int i = 0; i < sums.length; i++) {
        for (int end = at + targets.counts()[i]; at < end; at++) {
          sums[i] += losses[at];
        }
      }
      return sums;
    }
  }
}
