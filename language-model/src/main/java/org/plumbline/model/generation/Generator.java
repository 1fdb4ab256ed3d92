package org.plumbline.model.generation;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;
import java.util.function.IntUnaryOperator;
import java.util.function.LongConsumer;
import org.apache.commons.rng.UniformRandomProvider;
import org.plumbline.model.architecture.DecoderModel;
import org.plumbline.model.architecture.DecodingSession;
import org.plumbline.model.engine.KernelScript;
import org.plumbline.model.lora.LoraAdapter;

/**
 * Batched sampling with a key/value cache. Each row draws from its own random stream, so a reply
 * does not depend on its batch neighbours; rows that end leave the batch.
 */
public final class Generator implements AutoCloseable {
  private final DecoderModel model;
  private final int batchSize;
  private final LongConsumer done;
  private final NDManager manager;
  private final KernelScript sampling;

  /**
   * Makes a generator; the model stays the caller's.
   *
   * @param batchSize most rows decoded at once
   */
  public Generator(DecoderModel model, int batchSize) {
    this(model, batchSize, rows -> {});
  }

  /**
   * Makes a generator; the model stays the caller's.
   *
   * @param batchSize most rows decoded at once
   * @param done told how many replies of a call are done, from several threads
   */
  public Generator(DecoderModel model, int batchSize, LongConsumer done) {
    if (batchSize < 1) {
      throw new IllegalArgumentException("batch_size=%d must be at least 1".formatted(batchSize));
    }
    this.model = model;
    this.batchSize = batchSize;
    this.done = done;
    this.manager = model.newScope();
    this.sampling =
        KernelScript.load(manager, "/org/plumbline/model/kernels/sampling.py", Map.of());
  }

  /**
   * Draws one reply per prompt, in the order of the prompts.
   *
   * @param active adapters that take part
   * @param streams random stream of each row; unused if greedy
   */
  public List<Generated> generate(
      List<int[]> prompts,
      List<LoraAdapter> active,
      SamplingConfig config,
      IntFunction<UniformRandomProvider> streams,
      StopRule stop) {
    for (int i = 0; i < prompts.size(); i++) {
      if (prompts.get(i).length == 0) {
        throw new IllegalArgumentException("prompt %d has no token".formatted(i + 1));
      }
    }
    // Rows of like length together: little padding.
    Integer[] order = new Integer[prompts.size()];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, Comparator.comparingInt(i -> prompts.get(i).length));
    List<Batch> batches = new ArrayList<>();
    for (int from = 0; from < order.length; from += batchSize) {
      int[] rows =
          Arrays.stream(order, from, Math.min(from + batchSize, order.length))
              .mapToInt(Integer::intValue)
              .toArray();
      batches.add(new Batch(rows, prompts, config, streams, stop));
    }
    AtomicLong finished = new AtomicLong();
    return model
        .lanes()
        .map(
            batches,
            batch -> {
              List<Numbered> replies = batch.run(active);
              done.accept(finished.addAndGet(replies.size()));
              return replies;
            })
        .stream()
        .flatMap(List::stream)
        .sorted(Comparator.comparingInt(Numbered::row))
        .map(Numbered::reply)
        .toList();
  }

  /** {@link #generate(List, List, SamplingConfig, IntFunction, StopRule)} without a stop rule. */
  public List<Generated> generate(
      List<int[]> prompts,
      List<LoraAdapter> active,
      SamplingConfig config,
      IntFunction<UniformRandomProvider> streams) {
    return generate(prompts, active, config, streams, StopRule.NONE);
  }

  @Override
  public void close() {
    manager.close();
  }

  private record Numbered(int row, Generated reply) {}

  /** Rows that are decoded together; {@code alive} lists those that still go on. */
  private final class Batch {
    private final int[] rows;
    private final List<int[]> prompts;
    private final SamplingConfig config;
    private final UniformRandomProvider[] streams;
    private final StopRule stop;
    private final int[][] replies;
    private final boolean[] stopped;
    private final boolean[] ended;
    private int[] alive;

    Batch(
        int[] rows,
        List<int[]> prompts,
        SamplingConfig config,
        IntFunction<UniformRandomProvider> streams,
        StopRule stop) {
      this.rows = rows;
      this.prompts = prompts;
      this.config = config;
      this.stop = stop;
      this.streams = new UniformRandomProvider[rows.length];
      if (config.temperature() > 0) {
        Arrays.setAll(this.streams, b -> streams.apply(rows[b]));
      }
      this.replies = new int[rows.length][config.maxNewTokens()];
      this.stopped = new boolean[rows.length];
      this.ended = new boolean[rows.length];
      this.alive = new int[rows.length];
      Arrays.setAll(alive, IntUnaryOperator.identity());
    }

    List<Numbered> run(List<LoraAdapter> active) {
      List<Numbered> results = new ArrayList<>();
      List<int[]> batch = Arrays.stream(rows).mapToObj(prompts::get).toList();
      int width = batch.stream().mapToInt(p -> p.length).max().orElseThrow();
      int length = 0;
      try (NDManager scope = manager.newSubManager();
          DecodingSession session = model.session(active)) {
        NDArray logits = session.prompt(scope, batch, width + config.maxNewTokens());
        while (true) {
          int[] tokens = choose(logits, length);
          logits.close();
          length++;
          List<Integer> going = record(tokens, length, results);
          if (going.isEmpty()) {
            return results;
          }
          // A cache copy pays for itself once a quarter of the rows is gone.
          if (going.size() <= tokens.length * 3 / 4) {
            int[] keep = going.stream().mapToInt(Integer::intValue).toArray();
            session.keep(keep);
            alive = Arrays.stream(keep).map(i -> alive[i]).toArray();
            int[] chosen = tokens;
            tokens = Arrays.stream(keep).map(i -> chosen[i]).toArray();
          }
          logits = session.step(scope, tokens);
        }
      }
    }

    /** Notes the tokens; gives the positions in {@code alive} whose replies go on. */
    private List<Integer> record(int[] tokens, int length, List<Numbered> results) {
      List<Integer> going = new ArrayList<>();
      for (int i = 0; i < alive.length; i++) {
        int b = alive[i];
        if (ended[b]) {
          continue;
        }
        replies[b][length - 1] = tokens[i];
        stopped[b] =
            config.stopIds().contains(tokens[i]) || stop.ended(rows[b], replies[b], length);
        if (stopped[b] || length == config.maxNewTokens()) {
          ended[b] = true;
          Generated reply = new Generated(Arrays.copyOf(replies[b], length), stopped[b]);
          results.add(new Numbered(rows[b], reply));
        } else {
          going.add(i);
        }
      }
      return going;
    }

    private int[] choose(NDArray logits, int length) {
      try (NDManager scope = manager.newSubManager()) {
        requireFinite(scope, logits);
        NDArray z = logits;
        if (config.repetitionPenalty() != 1) {
          NDArray seen = seen(scope, length, logits.getShape().get(1));
          z = sampling.one(scope, false, "penalise", z, seen, config.repetitionPenalty());
        }
        NDArray chosen;
        if (config.temperature() == 0) {
          chosen = sampling.one(scope, false, "greedy", z);
        } else {
          double[] uniform = new double[alive.length];
          Arrays.setAll(uniform, i -> streams[alive[i]].nextDouble());
          z =
              sampling.one(
                  scope,
                  false,
                  "truncate",
                  z,
                  config.temperature(),
                  config.topK(),
                  config.topP(),
                  config.minP());
          chosen = sampling.one(scope, false, "choose", z, scope.create(uniform));
        }
        return Arrays.stream(chosen.toLongArray()).mapToInt(Math::toIntExact).toArray();
      }
    }

    private void requireFinite(NDManager scope, NDArray logits) {
      float[] finite = sampling.one(scope, false, "finite", logits).toFloatArray();
      for (int i = 0; i < finite.length; i++) {
        if (finite[i] == 0) {
          throw new ArithmeticException(
              "logits of prompt %d are not finite; the weights hold NaN or overflow (a diverged training run, or float16 values out of range)"
                  .formatted(rows[alive[i]] + 1));
        }
      }
    }

    private NDArray seen(NDManager scope, int length, long vocabulary) {
      int v = Math.toIntExact(vocabulary);
      boolean[] mask = new boolean[alive.length * v];
      for (int i = 0; i < alive.length; i++) {
        int b = alive[i];
        for (int id : prompts.get(rows[b])) {
          mask[i * v + id] = true;
        }
        for (int t = 0; t < length; t++) {
          mask[i * v + replies[b][t]] = true;
        }
      }
      NDArray array = scope.create(mask, new Shape(alive.length, v));
      return array.getDataType() == DataType.BOOLEAN
          ? array
          : array.toType(DataType.BOOLEAN, false);
    }
  }
}
