package org.plumbline.model.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.plumbline.model.config.TransformerConfig;
import org.plumbline.model.engine.KernelScript;

/**
 * Cached decoding of one batch: all rows write the same cache column; shorter prompts start further
 * right, and a mask hides what lies before their start.
 */
public final class DecodingSession implements AutoCloseable {
  private final NDManager scope;
  private final KernelScript kernels;
  private final LayerWeights.Joined joined;
  private final int prefix;
  private final List<RotaryTables> rotary;
  private final Masks masks;
  private final TransformerConfig config;
  private final List<NDArray> last;
  private final double[] scales;
  private List<NDArray> weights;
  private List<NDArray> caches = List.of();
  private int[] starts = new int[0];
  private int column;

  /**
   * Begins a session.
   *
   * @param joined base and adapters, given the scope of what is made for this session alone
   */
  DecodingSession(
      NDManager manager,
      KernelScript kernels,
      OutputHead head,
      Function<NDManager, LayerWeights.Joined> joined,
      List<RotaryTables> rotary,
      Masks masks,
      TransformerConfig config) {
    this.scope = manager.newSubManager();
    this.kernels = kernels;
    this.rotary = rotary;
    this.masks = masks;
    this.config = config;
    if (!config.attention().causal()) {
      throw new IllegalArgumentException(
          "model_type %s is an encoder, which continues no text".formatted(config.modelType()));
    }
    this.joined = joined.apply(scope);
    this.weights = arrays();
    this.prefix = this.joined.outside().prefixColumns();
    this.last = head.last(scope, this.joined.outside());
    this.scales = IntStream.range(0, config.layers()).mapToDouble(config::attentionScale).toArray();
  }

  private List<NDArray> arrays() {
    return IntStream.range(0, config.layers())
        .mapToObj(joined::layer)
        .flatMap(List::stream)
        .toList();
  }

  /**
   * Reads the prompts.
   *
   * @param capacity positions that a row may reach, prompt included
   * @param out owns the result
   * @return logits after each prompt, float32 (B, V)
   */
  public NDArray prompt(NDManager out, List<int[]> texts, int capacity) {
    int[] virtual =
        IntStream.range(0, joined.outside().virtualTokens())
            .map(i -> config.vocabSize() + i)
            .toArray();
    List<int[]> prompts =
        texts.stream()
            .map(text -> IntStream.concat(IntStream.of(virtual), IntStream.of(text)).toArray())
            .toList();
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
            prefix + Math.max(virtual.length + capacity, width),
            last.get(0));
    if (prefix > 0) {
      kernels.one(scope, false, "begin_caches", caches, joined.outside().prefixes());
    }
    column = 0;
    return decode(out, ids, positions, prompts.size(), width);
  }

  /** Appends one token to each row; logits after it, float32 (B, V). */
  public NDArray step(NDManager out, int[] tokens) {
    long[] ids = Arrays.stream(tokens).asLongStream().toArray();
    long[] positions = Arrays.stream(starts).mapToLong(start -> column - start).toArray();
    return decode(out, ids, positions, tokens.length, 1);
  }

  private NDArray decode(NDManager out, long[] ids, long[] positions, int rows, int width) {
    Shape shape = new Shape(rows, width);
    try (NDManager inner = scope.newSubManager()) {
      int[] lengths = Arrays.stream(starts).map(start -> prefix + column + width - start).toArray();
      List<NDArray> cosines = new ArrayList<>();
      List<NDArray> sines = new ArrayList<>();
      List<NDArray> places = new ArrayList<>();
      for (RotaryTables tables : rotary) {
        RotaryTables.Turns turns = tables.of(lengths, inner);
        long[] shifted = positions.clone();
        Arrays.setAll(shifted, i -> prefix + positions[i] + turns.offsets()[i / width]);
        cosines.add(turns.cos());
        sines.add(turns.sin());
        places.add(inner.create(shifted, shape));
      }
      NDArray logits =
          kernels.one(
              out,
              false,
              "decode",
              inner.create(ids, shape),
              inner.create(Arrays.stream(positions).map(p -> p + prefix).toArray(), shape),
              prefix + column,
              masks.of(starts, column, width, prefix, inner),
              masks.kinds(),
              scales,
              joined.outside().tables(),
              places,
              cosines,
              sines,
              last,
              weights,
              caches);
      column += width;
      return logits;
    }
  }

  /** Keeps only these rows, in this order: rows that finished leave the batch. */
  public void keep(int[] rows) {
    try (NDManager inner = scope.newSubManager()) {
      NDList fewer = kernels.call(scope, "keep_rows", caches, Masks.longs(inner, rows));
      caches.forEach(NDArray::close);
      caches = fewer;
    }
    starts = Arrays.stream(rows).map(row -> starts[row]).toArray();
    if (joined.keep(rows)) {
      weights = arrays();
    }
  }

  @Override
  public void close() {
    scope.close();
  }
}
