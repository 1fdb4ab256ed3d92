package org.plumbline.ppo;

import static org.plumbline.testing.FloatAssert.assertNumbers;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.plumbline.model.architecture.LoadOptions;
import org.plumbline.model.architecture.TransformerModel;
import org.plumbline.model.config.LlamaSize;
import org.plumbline.model.config.NewModels;
import org.plumbline.model.config.SpecialIds;
import org.plumbline.model.safetensors.DType;
import org.plumbline.model.tensor.Parameter;
import org.plumbline.testing.JsonNumbers;

/** Golden arrays of PPO cases, (B, R), and the way from logits to log-probabilities and back. */
final class PpoCase {
  private static final double TOLERANCE = 1e-5;

  private PpoCase() {}

  static void close(JsonNode expected, double actual) {
    assertNumbers(actual)
        .isCloseTo(new double[] {expected.asDouble(Double.NaN)}, TOLERANCE, TOLERANCE);
  }

  static void close(JsonNode expected, double[][] actual) {
    double[] flat = Arrays.stream(actual).flatMapToDouble(Arrays::stream).toArray();
    assertNumbers(flat).isCloseTo(JsonNumbers.doubles(expected), TOLERANCE, TOLERANCE);
  }

  static double[][] matrix(JsonNode rows) {
    double[][] matrix = new double[rows.size()][];
    Arrays.setAll(matrix, b -> JsonNumbers.doubles(rows.get(b)));
    return matrix;
  }

  /** True where the file says {@code real}. */
  static boolean[][] mask(JsonNode rows, boolean real) {
    boolean[][] mask = new boolean[rows.size()][rows.get(0).size()];
    for (int b = 0; b < mask.length; b++) {
      for (int t = 0; t < mask[b].length; t++) {
        mask[b][t] = rows.get(b).get(t).asBoolean() == real;
      }
    }
    return mask;
  }

  /** Tokens of each reply: up to its first end token, all of them where replies do not stop. */
  static int[] lengths(JsonNode inputs, boolean stops) {
    int[] lengths = new int[inputs.path("responses").size()];
    for (int b = 0; b < lengths.length; b++) {
      int[] reply = JsonNumbers.ints(inputs.path("responses").get(b));
      int length = 0;
      boolean going = true;
      while (going && length < reply.length) {
        going = !stops || reply[length] != inputs.path("eos_token_id").asInt();
        length++;
      }
      lengths[b] = length;
    }
    return lengths;
  }

  static boolean[][] upTo(int[] lengths, int width, int more) {
    boolean[][] mask = new boolean[lengths.length][width];
    for (int b = 0; b < lengths.length; b++) {
      Arrays.fill(mask[b], 0, Math.min(width, lengths[b] + more), true);
    }
    return mask;
  }

  static double[][] masked(double[][] values, boolean[][] mask) {
    double[][] kept = new double[values.length][values[0].length];
    for (int b = 0; b < kept.length; b++) {
      for (int t = 0; t < kept[b].length; t++) {
        kept[b][t] = mask[b][t] ? values[b][t] : 0;
      }
    }
    return kept;
  }

  static double[][] ragged(double[][] values, int[] lengths) {
    double[][] rows = new double[values.length][];
    Arrays.setAll(rows, b -> Arrays.copyOf(values[b], lengths[b]));
    return rows;
  }

  static double[][] scaled(double[][] values, double factor) {
    return Arrays.stream(values)
        .map(row -> Arrays.stream(row).map(v -> v * factor).toArray())
        .toArray(double[][]::new);
  }

  /** The model's own log-probability kernel; an identity head makes hidden states logits. */
  static double[][] logProbs(JsonNode inputs, String name, double temperature) {
    float[] logits = JsonNumbers.floats(inputs.path(name));
    long[] targets = JsonNumbers.longs(inputs.path("responses"));
    int vocabulary = logits.length / targets.length;
    // Rotary positions need an even width: an odd vocabulary gets a column that the head ignores.
    int hiddenSize = vocabulary + vocabulary % 2;
    float[] states = new float[targets.length * hiddenSize];
    for (int i = 0; i < targets.length; i++) {
      System.arraycopy(logits, i * vocabulary, states, i * hiddenSize, vocabulary);
    }
    try (TransformerModel model = identity(vocabulary, hiddenSize);
        NDManager scope = model.newScope()) {
      NDArray hidden = scope.create(states, new Shape(targets.length, hiddenSize));
      NDList out = model.logProbs(scope, hidden, targets, List.of(), temperature, false);
      float[] flat = out.get(0).toFloatArray();
      int width = targets.length / inputs.path("responses").size();
      double[][] rows = new double[inputs.path("responses").size()][width];
      for (int i = 0; i < flat.length; i++) {
        rows[i / width][i % width] = flat[i];
      }
      return rows;
    }
  }

  /** d loss / d logits (B R, V) from d loss / d log p: g (1[v = y] − softmax(z / T)_v) / T. */
  static double[][] throughSoftmax(JsonNode inputs, double[][] grad, double temperature) {
    double[] upstream = Arrays.stream(grad).flatMapToDouble(Arrays::stream).toArray();
    long[] targets = JsonNumbers.longs(inputs.path("responses"));
    double[] logits = JsonNumbers.doubles(inputs.path("new_logits"));
    int vocabulary = logits.length / targets.length;
    double[][] result = new double[targets.length][vocabulary];
    for (int i = 0; i < targets.length; i++) {
      double total = 0;
      for (int v = 0; v < vocabulary; v++) {
        result[i][v] = Math.exp(logits[i * vocabulary + v] / temperature);
        total += result[i][v];
      }
      for (int v = 0; v < vocabulary; v++) {
        double one = v == targets[i] ? 1 : 0;
        result[i][v] = upstream[i] * (one - result[i][v] / total) / temperature;
      }
    }
    return result;
  }

  private static TransformerModel identity(int vocabulary, int hiddenSize) {
    TransformerModel model =
        TransformerModel.create(
            NewModels.llama(
                new LlamaSize(vocabulary, hiddenSize, 8, 1, 1, 1, 16, 10_000, false),
                new SpecialIds(OptionalInt.empty(), List.of(), OptionalInt.of(0))),
            new LoadOptions(DType.F32, true, "cpu"),
            1);
    float[] one = new float[vocabulary * hiddenSize];
    for (int v = 0; v < vocabulary; v++) {
      one[v * hiddenSize + v] = 1;
    }
    Parameter head =
        model.parameters().stream()
            .filter(p -> p.name().equals("lm_head.weight"))
            .findFirst()
            .orElseThrow();
    model.carrier().write(head.value(), one);
    return model;
  }
}
