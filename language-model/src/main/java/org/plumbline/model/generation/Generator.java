package org.plumbline.model.generation;

import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.apache.commons.rng.UniformRandomProvider;
import org.plumbline.model.adapter.Adapter;
import org.plumbline.model.architecture.RowAdapters;
import org.plumbline.model.architecture.TransformerModel;
import org.plumbline.model.config.BeamConfig;
import org.plumbline.model.config.Head;
import org.plumbline.model.engine.KernelScript;

/**
 * Batched generation with a key/value cache: sampling, greedy and beam search. Each row draws from
 * its own random stream, so a reply does not depend on its batch neighbours; rows that end leave
 * the batch.
 */
public final class Generator implements AutoCloseable {
  private final TransformerModel model;
  private final int batchSize;
  private final LongConsumer done;
  private final NDManager manager;
  private final KernelScript kernels;

  /**
   * Makes a generator; the model stays the caller's.
   *
   * @param batchSize most rows decoded at once
   */
  public Generator(TransformerModel model, int batchSize) {
    this(model, batchSize, rows -> {});
  }

  /**
   * Makes a generator; the model stays the caller's.
   *
   * @param batchSize most rows decoded at once
   * @param done told how many replies of a call are done, from several threads
   * @throws IllegalArgumentException if the model has no language-model head
   */
  public Generator(TransformerModel model, int batchSize, LongConsumer done) {
    if (batchSize < 1) {
      throw new IllegalArgumentException("batch_size=%d must be at least 1".formatted(batchSize));
    }
    Head head = model.config().head();
    if (head != Head.LANGUAGE_MODEL) {
      throw new IllegalArgumentException(
          "generation needs a language-model head but the model's is %s; is this a reward model, a classifier or an encoder?"
              .formatted(head.name().toLowerCase(Locale.ROOT)));
    }
    this.model = model;
    this.batchSize = batchSize;
    this.done = done;
    this.manager = model.newScope();
    this.kernels = KernelScript.load(manager, "/org/plumbline/model/kernels/sampling.py", Map.of());
  }

  /**
   * Refuses prompts that cannot be continued, as generation itself does, without any work.
   *
   * @throws IllegalArgumentException naming the prompt that is empty or longer than the model's
   *     learned positions
   */
  public void require(List<int[]> prompts) {
    Positions positions = Positions.of(model.config());
    for (int row = 0; row < prompts.size(); row++) {
      positions.require(row, prompts.get(row));
    }
  }

  /**
   * Draws one reply per prompt, in the order of the prompts. For several replies to a prompt, give
   * it several times in a row: equal prompts of a batch with the same adapters are read once.
   *
   * @param adapters those that take part, prompt by prompt
   * @param streams random stream of each row; unused if greedy
   * @throws IllegalArgumentException naming the prompt that is empty or longer than the model's
   *     learned positions
   * @throws ArithmeticException naming the prompt whose logits are not finite
   */
  public List<Generated> generate(
      List<int[]> prompts,
      RowAdapters adapters,
      SamplingConfig config,
      IntFunction<UniformRandomProvider> streams,
      StopRule stop) {
    GenerationCall call = new GenerationCall(model, manager, kernels, adapters, config, stop);
    return inBatches(
        drafts(call, prompts), batchSize, batch -> new SampledBatch(call, batch, streams)::run);
  }

  /** As above, with the same adapters for all prompts. */
  public List<Generated> generate(
      List<int[]> prompts,
      List<Adapter> active,
      SamplingConfig config,
      IntFunction<UniformRandomProvider> streams,
      StopRule stop) {
    return generate(prompts, RowAdapters.all(active), config, streams, stop);
  }

  /** {@link #generate(List, List, SamplingConfig, IntFunction, StopRule)} without a stop rule. */
  public List<Generated> generate(
      List<int[]> prompts,
      List<Adapter> active,
      SamplingConfig config,
      IntFunction<UniformRandomProvider> streams) {
    return generate(prompts, active, config, streams, StopRule.NONE);
  }

  /**
   * Beam search: the most probable replies that it finds to each prompt, best first, prompt by
   * prompt. Needs no random numbers.
   *
   * @param adapters those that take part, prompt by prompt
   * @param config the temperature is 0; rules and repetition penalty act on log-probabilities, as
   *     in transformers
   * @param returned replies per prompt, at most as many as beams
   * @throws IllegalArgumentException as {@link #generate}, and where rules leave fewer replies
   * @throws ArithmeticException naming the prompt whose logits are not finite
   */
  public List<Generated> search(
      List<int[]> prompts,
      RowAdapters adapters,
      SamplingConfig config,
      BeamConfig beams,
      int returned,
      StopRule stop) {
    if (!config.isGreedy()) {
      throw new IllegalArgumentException(
          "temperature=%s must be 0 in beam search, which draws nothing"
              .formatted(config.temperature()));
    }
    if (returned < 1 || returned > beams.beams()) {
      throw new IllegalArgumentException(
          "%d replies per prompt are asked for; needed: 1 to num_beams=%d"
              .formatted(returned, beams.beams()));
    }
    GenerationCall call = new GenerationCall(model, manager, kernels, adapters, config, stop);
    return inBatches(
        drafts(call, prompts),
        Math.max(1, batchSize / beams.beams()),
        batch -> () -> new BeamBatch(call, batch, beams).run(returned));
  }

  /** As above, with the same adapters for all prompts. */
  public List<Generated> search(
      List<int[]> prompts,
      List<Adapter> active,
      SamplingConfig config,
      BeamConfig beams,
      int returned,
      StopRule stop) {
    return search(prompts, RowAdapters.all(active), config, beams, returned, stop);
  }

  private static List<Draft> drafts(GenerationCall call, List<int[]> prompts) {
    call.adapters().requireRows(prompts.size());
    return IntStream.range(0, prompts.size())
        .mapToObj(row -> call.draft(row, prompts.get(row)))
        .toList();
  }

  /** Replies in the order of the rows; rows of like length together, which takes little padding. */
  private List<Generated> inBatches(
      List<Draft> drafts, int size, Function<List<Draft>, Supplier<List<GeneratedRow>>> work) {
    List<Draft> order =
        drafts.stream().sorted(Comparator.comparingInt(draft -> draft.prompt().length)).toList();
    List<Supplier<List<GeneratedRow>>> batches = new ArrayList<>();
    for (int from = 0; from < order.size(); from += size) {
      batches.add(work.apply(order.subList(from, Math.min(from + size, order.size()))));
    }
    AtomicLong finished = new AtomicLong();
    return model
        .lanes()
        .map(
            batches,
            batch -> {
              List<GeneratedRow> replies = batch.get();
              done.accept(finished.addAndGet(replies.size()));
              return replies;
            })
        .stream()
        .flatMap(List::stream)
        .sorted(Comparator.comparingInt(GeneratedRow::row))
        .map(GeneratedRow::reply)
        .toList();
  }

  @Override
  public void close() {
    manager.close();
  }
}
