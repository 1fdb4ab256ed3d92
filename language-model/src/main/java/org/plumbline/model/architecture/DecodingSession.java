package org.plumbline.model.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.List;
import org.plumbline.model.config.Role;
import org.plumbline.model.config.TransformerConfig;
import org.plumbline.model.engine.KernelScript;

/**
 * Cached decoding of one batch: all rows write the same cache column; shorter prompts start further
 * right, and a mask hides what lies before their start.
 */
public final class DecodingSession implements AutoCloseable {
  private final NDManager scope;
  private final KernelScript kernels;
  private final BaseWeights base;
  private final List<NDArray> weights;
  private final RotaryTables rotary;
  private final TransformerConfig config;
  private final List<NDArray> last;
  private List<NDArray> caches = List.of();
  private int[] starts = new int[0];
  private int column;

  DecodingSession(
      NDManager manager,
      KernelScript kernels,
      BaseWeights base,
      List<NDArray> weights,
      RotaryTables rotary,
      TransformerConfig config) {
    this.scope = manager.newSubManager();
    this.kernels = kernels;
    this.base = base;
    this.weights = weights;
    this.rotary = rotary;
    this.config = config;
    NDArray head = kernels.one(scope, false, "fuse", List.of(base.head()), false);
    this.last =
        List.of(base.outside(Role.FINAL_NORM, false), base.outside(Role.FINAL_NORM, true), head);
  }

  /**
   * Reads the prompts.
   *
   * @param capacity positions that a row may reach, prompt included
   * @param out owns the result
   * @return logits after each prompt, float32 (B, V)
   */
  public NDArray prompt(NDManager out, List<int[]> prompts, int capacity) {
    int width = prompts.stream().mapToInt(p -> p.length).max().orElseThrow();
    starts = prompts.stream().mapToInt(p -> width - p.length).toArray();
    long[] ids = new long[prompts.size() * width];
    long[] positions = new long[ids.length];
    for (int b = 0; b < prompts.size(); b++) {
      int[] prompt = prompts.get(b);
      for (int t = 0; t < prompt.length; t++) {
        ids[b * width + starts[b] + t] = prompt[t];
        positions[b * width + starts[b] + t] = t;
      }
    }
    caches =
        kernels.call(
            scope,
            "new_caches",
            config.layers(),
            prompts.size(),
            Math.max(capacity, width),
            base.head());
    column = 0;
    try (NDManager inner = scope.newSubManager()) {
      NDArray mask =
          padded()
              ? kernels.one(inner, false, "prompt_mask", longs(inner, starts), width)
              : base.empty();
      return decode(inner, out, ids, positions, prompts.size(), width, mask);
    }
  }

  /** Appends one token to each row; logits after it, float32 (B, V). */
  public NDArray step(NDManager out, int[] tokens) {
    long[] ids = Arrays.stream(tokens).asLongStream().toArray();
    long[] positions = Arrays.stream(starts).mapToLong(start -> column - start).toArray();
    try (NDManager inner = scope.newSubManager()) {
      NDArray mask =
          padded()
              ? kernels.one(inner, false, "step_mask", longs(inner, starts), column + 1)
              : base.empty();
      return decode(inner, out, ids, positions, tokens.length, 1, mask);
    }
  }

  private NDArray decode(
      NDManager inner,
      NDManager out,
      long[] ids,
      long[] positions,
      int rows,
      int width,
      NDArray mask) {
    Shape shape = new Shape(rows, width);
    NDArray logits =
        kernels.one(
            out,
            false,
            "decode",
            inner.create(ids, shape),
            inner.create(positions, shape),
            column,
            mask,
            base.outside(Role.TOKEN_EMBEDDING, false),
            base.outside(Role.POSITION_EMBEDDING, false),
            rotary.cos(column + width),
            rotary.sin(column + width),
            last,
            weights,
            caches);
    column += width;
    return logits;
  }

  /** Keeps only these rows, in this order: rows that finished leave the batch. */
  public void keep(int[] rows) {
    try (NDManager inner = scope.newSubManager()) {
      NDList fewer = kernels.call(scope, "keep_rows", caches, longs(inner, rows));
      caches.forEach(NDArray::close);
      caches = fewer;
    }
    starts = Arrays.stream(rows).map(row -> starts[row]).toArray();
  }

  private boolean padded() {
    return Arrays.stream(starts).anyMatch(start -> start > 0);
  }

  private static NDArray longs(NDManager owner, int[] values) {
    return owner.create(Arrays.stream(values).asLongStream().toArray());
  }

  @Override
  public void close() {
    scope.close();
  }
}
