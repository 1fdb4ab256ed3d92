package org.plumbline.model.architecture;

import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which experts each token of a batch goes through, layer by layer: the routes of the kernel {@code
 * routed_layer}, read on the way through {@link ForwardPass}. They leave it nowhere else, hence the
 * reflection.
 */
final class Routing {
  private Routing() {}

  /** The chosen experts of every layer, at each real position of each row. */
  static List<List<List<Set<Integer>>>> of(TransformerModel model, List<int[]> rows) {
    TokenBatch batch = TokenBatch.of(rows);
    List<float[]> routes = routes(model, batch);
    int experts = model.config().experts().orElseThrow().count();
    int chosen = model.config().experts().orElseThrow().perToken();
    List<List<List<Set<Integer>>>> all = new ArrayList<>();
    for (int b = 0; b < rows.size(); b++) {
      List<List<Set<Integer>>> row = new ArrayList<>();
      for (int t = 0; t < rows.get(b).length; t++) {
        int from = Math.toIntExact(batch.index(b, t)) * experts;
        row.add(
            routes.stream()
                .map(layer -> best(Arrays.copyOfRange(layer, from, from + experts), chosen))
                .toList());
      }
      all.add(row);
    }
    return all;
  }

  private static Set<Integer> best(float[] scores, int count) {
    Set<Integer> best = new TreeSet<>();
    while (best.size() < count) {
      int most = -1;
      for (int e = 0; e < scores.length; e++) {
        if (!best.contains(e) && (most < 0 || scores[e] > scores[most])) {
          most = e;
        }
      }
      best.add(most);
    }
    return best;
  }

  /** Router logits of each layer: (N, E), flat. */
  private static List<float[]> routes(TransformerModel model, TokenBatch batch) {
    try (NDManager scope = model.newScope()) {
      return model.forward().routes(scope, batch, List.of()).stream()
          .map(model.carrier()::floats)
          .toList();
    }
  }
}
