package org.plumbline.sft.classify;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * One kind of supervised task.
 *
 * @param <T> a data row
 * @param <P> what is predicted for it
 */
interface Task<T, P> {
  /** Names of the head's outputs, in their order; empty where they are no classes. */
  List<String> labels();

  /** The rows as the model reads them; {@link EncodedRow#source} counts from 0. */
  List<EncodedRow> encode(RowEncoder encoder, List<T> rows);

  /** The name of a data row. */
  String id(T row);

  /** What is learned, and where it is read, in words. */
  String learned(boolean causal);

  /**
   * What a row teaches, and what keeps it from it.
   *
   * @param encoded all windows of this row
   */
  Marks marks(T row, List<EncodedRow> encoded);

  /** What a new model's tokenizer is trained on. */
  Stream<String> texts(T row);

  /** The loss to be trained on. */
  HeadLoss loss();

  /**
   * What the scores choose, by the number of the data row.
   *
   * @param encoded all windows of some of the rows
   * @param scores of each of them (P, L)
   */
  Map<Integer, P> predict(List<T> rows, List<EncodedRow> encoded, List<float[]> scores);

  /** The counts and figures of predictions. */
  Tally tally(List<T> rows, List<P> predicted);

  /** The line of who always says what is most frequent in the training rows. */
  Function<T, P> majority(List<T> train);

  /** The line of the sample world's keyword rule. */
  Function<T, P> keywords();

  /** A data row and what was predicted, for predictions.jsonl. */
  ObjectNode row(T row, P predicted);
}
