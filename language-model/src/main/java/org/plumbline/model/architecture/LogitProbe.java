package org.plumbline.model.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;
import java.util.stream.IntStream;
import org.plumbline.model.adapter.Adapter;
import org.plumbline.model.config.Head;
import org.plumbline.model.config.TransformerConfig;
import org.plumbline.model.safetensors.DType;

/**
 * A text of pseudo-random tokens, on which two models that should be one are compared.
 *
 * @param ids the tokens
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier of numbers, never compared
public record LogitProbe(int[] ids) {
  private static final int TOKENS = 32;
  private static final double FLOAT_ROUNDOFF = 0x1p-24;

  /** For models of these sizes. */
  public static LogitProbe of(TransformerConfig config) {
    int length = Math.min(TOKENS, config.maxPositions());
    return new LogitProbe(
        IntStream.range(0, length)
            .map(i -> (int) ((i * 2654435761L + 17) % config.vocabSize()))
            .toArray());
  }

  /**
   * What a model gives for it: logits or class scores of all tokens, the scores of the text, or
   * without a head the last hidden states.
   *
   * @param active adapters that take part
   */
  public float[] read(TransformerModel model, List<Adapter> active) {
    Head head = model.config().head();
    TokenBatch batch = TokenBatch.of(List.of(ids));
    try (NDManager scope = model.newScope()) {
      boolean text = head == Head.SEQUENCE_CLASSIFICATION;
      long[] index =
          text
              ? new long[] {model.scoreIndex(batch, 0)}
              : IntStream.range(0, ids.length).mapToLong(t -> batch.index(0, t)).toArray();
      NDArray hidden = model.hidden(scope, batch, index, active);
      return switch (head) {
        case LANGUAGE_MODEL, MASKED_LANGUAGE_MODEL ->
            model.logits(scope, hidden, active).toFloatArray();
        case SEQUENCE_CLASSIFICATION, TOKEN_CLASSIFICATION, QUESTION_ANSWERING ->
            model.scores(scope, hidden, active, false).toFloatArray();
        case NONE -> model.carrier().floats(hidden);
      };
    }
  }

  /** Root mean square of what they differ by; infinite where that is no finite number. */
  public static double difference(float[] before, float[] after) {
    double squares = before.length == after.length ? 0 : Double.POSITIVE_INFINITY;
    for (int i = 0; i < Math.min(before.length, after.length); i++) {
      double distance = (double) before[i] - after[i];
      squares += distance * distance;
    }
    double mean = Math.sqrt(squares / before.length);
    return Double.isFinite(mean) ? mean : Double.POSITIVE_INFINITY;
  }

  /**
   * How large a {@link #difference} rounding every weight once explains: {@code min(1/2, 8 (u + 64
   * · 2⁻²⁴) √(4 layers + 2)) max(1, rms)}. Rounding moves what a matrix gives by at most its share
   * u. Four matrices of a layer, the embeddings and the head stand one behind the other, and their
   * errors add as squares; 8 is for what activations make of them, 64 · 2⁻²⁴ for float32 sums taken
   * in another order. More than half of the values' own size is never rounding alone.
   *
   * @param stored the weights' dtype, whose unit roundoff u is
   * @param before the values, whose root mean square rms is
   */
  public static double tolerance(DType stored, TransformerConfig config, float[] before) {
    double roundoff =
        switch (stored) {
          case BF16 -> 0x1p-8;
          case F16 -> 0x1p-11;
          default -> FLOAT_ROUNDOFF;
        };
    double share = 8 * (roundoff + 64 * FLOAT_ROUNDOFF) * Math.sqrt(4 * config.layers() + 2.0);
    double size = difference(before, new float[before.length]);
    return Math.min(0.5, share) * Math.max(1, size);
  }
}
