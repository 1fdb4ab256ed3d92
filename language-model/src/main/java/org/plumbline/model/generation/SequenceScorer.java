package org.plumbline.model.generation;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;
import org.plumbline.model.adapter.Adapter;
import org.plumbline.model.architecture.RowAdapters;
import org.plumbline.model.architecture.TokenBatch;
import org.plumbline.model.architecture.TransformerModel;

/** Log-probabilities and scores of given token sequences, in batches of like length. */
public final class SequenceScorer {
  private final TransformerModel model;
  private final int batchSize;
  private final LongConsumer done;

  /** Makes a scorer over a model that stays the caller's. */
  public SequenceScorer(TransformerModel model, int batchSize) {
    this(model, batchSize, rows -> {});
  }

  /**
   * Makes a scorer over a model that stays the caller's.
   *
   * @param done told how many sequences of a call are done, from several threads
   */
  public SequenceScorer(TransformerModel model, int batchSize, LongConsumer done) {
    this.model = model;
    this.batchSize = batchSize;
    this.done = done;
  }

  /**
   * A sequence and where its completion starts.
   *
   * @param ids prompt and completion
   * @param start index of the completion's first token, at least 1
   */
  public record Sequence(int[] ids, int start) {
    public Sequence {
      if (start < 1 || start > ids.length) {
        throw new IllegalArgumentException(
            "completion starts at %d of %d tokens; needed: at least one token before it"
                .formatted(start, ids.length));
      }
    }

    /** Tokens of the completion. */
    public int length() {
      return ids.length - start;
    }
  }

  /**
   * Per completion token of one sequence.
   *
   * @param logProbs log p of the token given all before it, nats
   * @param entropy of the distribution that it was drawn from, nats
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record TokenScores(float[] logProbs, float[] entropy) {}

  /**
   * log p of each completion token given all before it, nats.
   *
   * @param temperature divides the logits
   */
  public List<float[]> logProbs(
      List<Sequence> sequences, List<Adapter> active, double temperature) {
    return logProbs(sequences, RowAdapters.all(active), temperature);
  }

  /** As above, with adapters sequence by sequence. */
  public List<float[]> logProbs(
      List<Sequence> sequences, RowAdapters adapters, double temperature) {
    return distributions(sequences, adapters, temperature).stream()
        .map(TokenScores::logProbs)
        .toList();
  }

  /**
   * log p and entropy at each completion token.
   *
   * @param temperature divides the logits
   */
  public List<TokenScores> distributions(
      List<Sequence> sequences, List<Adapter> active, double temperature) {
    return distributions(sequences, RowAdapters.all(active), temperature);
  }

  private List<TokenScores> distributions(
      List<Sequence> sequences, RowAdapters adapters, double temperature) {
    return inBatches(
        sequences,
        adapters,
        (scope, batch, own) -> {
          NDArray picked = predictors(scope, batch, own);
          NDList out =
              model.logProbs(scope, picked, targets(batch), own.heads(), temperature, false);
          List<float[]> logProbs = split(out.get(0).toFloatArray(), batch);
          List<float[]> entropy = split(out.get(1).toFloatArray(), batch);
          return IntStream.range(0, batch.size())
              .mapToObj(i -> new TokenScores(logProbs.get(i), entropy.get(i)))
              .toList();
        });
  }

  /** Score of the head before each completion token: the value of the state it was drawn in. */
  public List<float[]> tokenScores(List<Sequence> sequences, List<Adapter> active) {
    return inBatches(
        sequences,
        RowAdapters.all(active),
        (scope, batch, own) -> {
          NDArray picked = predictors(scope, batch, own);
          return split(model.scores(scope, picked, active, false).toFloatArray(), batch);
        });
  }

  private NDArray predictors(NDManager scope, List<Sequence> batch, RowAdapters adapters) {
    TokenBatch tokens = TokenBatch.of(batch.stream().map(Sequence::ids).toList());
    return model.hidden(scope, tokens, predictors(batch, tokens), adapters);
  }

  /** Cuts values of all completions into one array each. */
  public static List<float[]> split(float[] flat, List<Sequence> batch) {
    List<float[]> parts = new ArrayList<>();
    int at = 0;
    for (Sequence sequence : batch) {
      parts.add(Arrays.copyOfRange(flat, at, at + sequence.length()));
      at += sequence.length();
    }
    return parts;
  }

  /**
   * Score of the head on each sequence, read at one position: the last real token of a decoder, the
   * pooled first of an encoder.
   */
  public double[] scores(List<int[]> sequences, List<Adapter> active) {
    return scores(sequences, RowAdapters.all(active));
  }

  /** As above, with adapters sequence by sequence. */
  public double[] scores(List<int[]> sequences, RowAdapters adapters) {
    List<Sequence> all = sequences.stream().map(ids -> new Sequence(ids, ids.length)).toList();
    return inBatches(
            all,
            adapters,
            (scope, batch, own) -> {
              TokenBatch tokens = TokenBatch.of(batch.stream().map(Sequence::ids).toList());
              long[] last = new long[batch.size()];
              Arrays.setAll(last, b -> model.scoreIndex(tokens, b));
              NDArray hidden = model.hidden(scope, tokens, last, own);
              float[] scores = model.scores(scope, hidden, own.heads(), false).toFloatArray();
              int labels = scores.length / batch.size();
              return IntStream.range(0, batch.size())
                  .mapToObj(i -> (double) scores[i * labels])
                  .toList();
            })
        .stream()
        .mapToDouble(Double::doubleValue)
        .toArray();
  }

  /** Flat indices of the positions that predict the completions' tokens. */
  public static long[] predictors(List<Sequence> batch, TokenBatch tokens) {
    long[] index = new long[batch.stream().mapToInt(Sequence::length).sum()];
    int at = 0;
    for (int b = 0; b < batch.size(); b++) {
      for (int t = batch.get(b).start(); t < batch.get(b).ids().length; t++) {
        index[at++] = tokens.index(b, t - 1);
      }
    }
    return index;
  }

  /** The completions' tokens, row by row. */
  public static long[] targets(List<Sequence> batch) {
    return batch.stream()
        .flatMapToInt(s -> Arrays.stream(s.ids(), s.start(), s.ids().length))
        .asLongStream()
        .toArray();
  }

  private interface Work<R> {
    List<R> results(NDManager scope, List<Sequence> batch, RowAdapters adapters);
  }

  /** Work on batches of sequences of like length; results in the order of the sequences. */
  private <R> List<R> inBatches(List<Sequence> sequences, RowAdapters adapters, Work<R> work) {
    adapters.requireRows(sequences.size());
    List<Integer> order =
        IntStream.range(0, sequences.size())
            .boxed()
            .sorted(Comparator.comparingInt(i -> sequences.get(i).ids().length))
            .toList();
    List<List<Integer>> batches = new ArrayList<>();
    for (int from = 0; from < order.size(); from += batchSize) {
      batches.add(order.subList(from, Math.min(from + batchSize, order.size())));
    }
    AtomicLong finished = new AtomicLong();
    List<List<R>> computed =
        model
            .lanes()
            .map(
                batches,
                batch -> {
                  try (NDManager scope = model.newScope()) {
                    return work.results(
                        scope,
                        batch.stream().map(sequences::get).toList(),
                        adapters.at(batch.stream().mapToInt(Integer::intValue).toArray()));
                  } finally {
                    done.accept(finished.addAndGet(batch.size()));
                  }
                });
    List<R> results = new ArrayList<>(Collections.nCopies(sequences.size(), null));
    for (int b = 0; b < batches.size(); b++) {
      for (int i = 0; i < batches.get(b).size(); i++) {
        results.set(batches.get(b).get(i), computed.get(b).get(i));
      }
    }
    return results;
  }
}
