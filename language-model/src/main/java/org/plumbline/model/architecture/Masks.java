package org.plumbline.model.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.plumbline.model.config.TransformerConfig;
import org.plumbline.model.engine.KernelScript;

/**
 * Attention masks of a model. Its layers are of two kinds: those that see all (0) and those that
 * see a window (1). An empty mask is the kernels' plain case, which is faster.
 */
final class Masks {
  private final KernelScript kernels;
  private final TransformerConfig config;
  private final NDArray empty;
  private final NDArray slopes;
  private final int window;
  private final long[] kinds;

  Masks(NDManager manager, KernelScript kernels, TransformerConfig config) {
    this.kernels = kernels;
    this.config = config;
    this.empty = manager.create(new Shape(0));
    List<Double> biases = config.attention().linearBiases();
    float[] values = new float[biases.size()];
    for (int head = 0; head < values.length; head++) {
      values[head] = biases.get(head).floatValue();
    }
    this.slopes = values.length == 0 ? empty : manager.create(values);
    this.window = config.attention().windows().stream().mapToInt(w -> w).max().orElse(0);
    this.kinds =
        IntStream.range(0, config.layers()).mapToLong(i -> config.window(i) > 0 ? 1 : 0).toArray();
    if (config.attention().windows().stream().anyMatch(w -> w > 0 && w != window)) {
      throw new IllegalArgumentException("layers have windows of several sizes");
    }
  }

  /** The kind of each layer. */
  long[] kinds() {
    return kinds.clone();
  }

  int kind(int layer) {
    return (int) kinds[layer];
  }

  /**
   * For right-padded rows, one mask per kind.
   *
   * @param prefix columns of keys in front that all see, whatever the window
   */
  List<NDArray> of(TokenBatch batch, int prefix, NDManager scope) {
    boolean always =
        prefix > 0
            || batch.isPacked()
            || slopes != empty
            || !config.attention().causal() && batch.isPadded();
    return IntStream.of(0, window)
        .mapToObj(w -> always || w > 0 && batch.width() > w ? rows(batch, w, scope) : empty)
        .map(mask -> widened(mask, prefix, scope))
        .toList();
  }

  private NDArray widened(NDArray mask, int prefix, NDManager scope) {
    return mask == empty || prefix == 0
        ? mask
        : kernels.one(scope, false, "widen_mask", mask, prefix);
  }

  private NDArray rows(TokenBatch batch, int w, NDManager scope) {
    NDArray segments =
        batch.isPacked()
            ? scope.create(batch.segments(), new Shape(batch.rows(), batch.width()))
            : empty;
    NDArray lengths = longs(scope, batch.lengths());
    return kernels.one(scope, false, "row_mask", lengths, segments, batch.width(), w, slopes);
  }

  /**
   * For a step of generation, one mask per kind.
   *
   * @param starts first real column of each row
   * @param column first column of the step
   * @param width columns of the step
   * @param prefix columns of keys in front that all see, whatever the window
   */
  List<NDArray> of(int[] starts, int column, int width, int prefix, NDManager scope) {
    boolean always =
        slopes != empty
            || Arrays.stream(starts).anyMatch(start -> start > 0)
            || prefix > 0 && width > 1;
    // A causal prompt needs none; a single query sees all columns so far.
    return IntStream.of(0, window)
        .mapToObj(
            w ->
                always || w > 0 && column + width > w || column > 0 && width > 1
                    ? kernels.one(
                        scope, false, "decode_mask", longs(scope, starts), column, width, w, slopes)
                    : empty)
        .map(mask -> widened(mask, prefix, scope))
        .toList();
  }

  static NDArray longs(NDManager owner, int[] values) {
    return owner.create(Arrays.stream(values).asLongStream().toArray());
  }
}
