package org.plumbline.model.generation;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;
import org.plumbline.model.adapter.Adapter;
import org.plumbline.model.architecture.RowAdapters;
import org.plumbline.model.architecture.TokenBatch;
import org.plumbline.model.architecture.TransformerModel;
import org.plumbline.model.tokenizer.EncodedPair;

/** What an encoder says of given texts. */
public final class EncoderScorer {
  private final TransformerModel model;
  private final int batchSize;
  private final LongConsumer done;

  /**
   * Makes a scorer over a model that stays the caller's.
   *
   * @param done told how many texts of a call are done
   */
  public EncoderScorer(TransformerModel model, int batchSize, LongConsumer done) {
    this.model = model;
    this.batchSize = batchSize;
    this.done = done;
  }

  /**
   * Pseudo-log-likelihoods (Salazar et al. 2020): log p of each token that is not special, given
   * all others and a mask in its place; nats.
   *
   * @param maskId id of the mask token
   * @param adapters those that take part, text by text
   */
  public List<float[]> maskedLogProbs(List<EncodedPair> texts, int maskId, RowAdapters adapters) {
    adapters.requireRows(texts.size());
    List<float[]> all = new ArrayList<>();
    for (EncodedPair text : texts) {
      List<Integer> places = new ArrayList<>();
      for (int i = 0; i < text.length(); i++) {
        if (!text.special()[i]) {
          places.add(i);
        }
      }
      float[] logProbs = new float[places.size()];
      int row = all.size();
      for (int from = 0; from < places.size(); from += batchSize) {
        List<Integer> some = places.subList(from, Math.min(places.size(), from + batchSize));
        RowAdapters own = adapters.at(some.stream().mapToInt(place -> row).toArray());
        float[] part = masked(text, some, maskId, own);
        System.arraycopy(part, 0, logProbs, from, part.length);
      }
      all.add(logProbs);
      done.accept(all.size());
    }
    return all;
  }

  private float[] masked(EncodedPair text, List<Integer> places, int maskId, RowAdapters adapters) {
    List<int[]> rows = new ArrayList<>();
    List<int[]> types = new ArrayList<>();
    long[] index = new long[places.size()];
    long[] targets = new long[places.size()];
    for (int place : places) {
      int[] row = text.ids().clone();
      index[rows.size()] = (long) rows.size() * row.length + place;
      targets[rows.size()] = row[place];
      row[place] = maskId;
      rows.add(row);
      types.add(text.types());
    }
    try (NDManager scope = model.newScope()) {
      TokenBatch batch = TokenBatch.of(rows).withTypes(types);
      NDArray hidden = model.hidden(scope, batch, index, adapters);
      return model
          .logProbs(scope, hidden, targets, adapters.heads(), 1, false)
          .get(0)
          .toFloatArray();
    }
  }

  /**
   * Sentence embeddings: the mean of the last hidden states over a text's tokens (Reimers and
   * Gurevych 2019), special ones included; of any encoder or decoder. One array of the hidden size
   * each.
   */
  public List<float[]> embeddings(List<EncodedPair> texts, List<Adapter> active) {
    List<float[]> all = new ArrayList<>();
    for (int from = 0; from < texts.size(); from += batchSize) {
      List<EncodedPair> some = texts.subList(from, Math.min(texts.size(), from + batchSize));
      try (NDManager scope = model.newScope()) {
        TokenBatch batch = batch(some);
        long[] index =
            IntStream.range(0, batch.rows())
                .boxed()
                .flatMapToLong(
                    b -> IntStream.range(0, batch.lengths()[b]).mapToLong(t -> batch.index(b, t)))
                .toArray();
        NDArray hidden = model.hidden(scope, batch, index, active);
        float[] flat = model.carrier().floats(hidden);
        int width = flat.length / index.length;
        int row = 0;
        for (EncodedPair text : some) {
          float[] mean = new float[width];
          for (int t = 0; t < text.length(); t++, row++) {
            for (int h = 0; h < width; h++) {
              mean[h] += flat[row * width + h] / text.length();
            }
          }
          all.add(mean);
        }
      }
      done.accept(all.size());
    }
    return all;
  }

  private static TokenBatch batch(List<EncodedPair> texts) {
    return TokenBatch.of(texts.stream().map(EncodedPair::ids).toList())
        .withTypes(texts.stream().map(EncodedPair::types).toList());
  }

  /**
   * Class logits of each text, in the order of the model's labels.
   *
   * @param adapters those that take part, text by text
   */
  public List<float[]> logits(List<EncodedPair> texts, RowAdapters adapters) {
    adapters.requireRows(texts.size());
    List<float[]> all = new ArrayList<>();
    for (int from = 0; from < texts.size(); from += batchSize) {
      List<EncodedPair> some = texts.subList(from, Math.min(texts.size(), from + batchSize));
      try (NDManager scope = model.newScope()) {
        TokenBatch batch = batch(some);
        long[] index = new long[some.size()];
        Arrays.setAll(index, b -> model.scoreIndex(batch, b));
        RowAdapters own = adapters.at(IntStream.range(from, from + some.size()).toArray());
        NDArray hidden = model.hidden(scope, batch, index, own);
        float[] flat = model.scores(scope, hidden, own.heads(), false).toFloatArray();
        int labels = flat.length / some.size();
        for (int b = 0; b < some.size(); b++) {
          all.add(Arrays.copyOfRange(flat, b * labels, (b + 1) * labels));
        }
      }
      done.accept(all.size());
    }
    return all;
  }
}
