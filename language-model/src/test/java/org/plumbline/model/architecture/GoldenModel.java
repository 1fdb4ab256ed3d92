package org.plumbline.model.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.plumbline.model.ModelFormatException;
import org.plumbline.model.config.Head;
import org.plumbline.model.lora.LoraAdapter;
import org.plumbline.model.safetensors.SafetensorsFile;
import org.plumbline.testing.Golden;

/**
 * Golden batches: padded ids, masks and expected values, and the model's answers in the same shape.
 */
final class GoldenModel {
  private GoldenModel() {}

  /** Real tokens of each row of a padded batch, whatever side the padding is on. */
  static List<int[]> rows(SafetensorsFile file, String ids, String mask) {
    long[] shape = file.tensor(ids).spec().shape();
    long[] tokens = file.readLongs(ids);
    long[] real = file.readLongs(mask);
    int width = (int) shape[1];
    List<int[]> rows = new ArrayList<>();
    for (int b = 0; b < shape[0]; b++) {
      int[] row = new int[width];
      int n = 0;
      for (int t = 0; t < width; t++) {
        if (real[b * width + t] != 0) {
          row[n++] = (int) tokens[b * width + t];
        }
      }
      rows.add(Arrays.copyOf(row, n));
    }
    return rows;
  }

  /** Columns that hold real tokens, row by row. */
  static List<int[]> columns(SafetensorsFile file, String mask) {
    long[] shape = file.tensor(mask).spec().shape();
    long[] real = file.readLongs(mask);
    int width = (int) shape[1];
    List<int[]> columns = new ArrayList<>();
    for (int b = 0; b < shape[0]; b++) {
      int row = b;
      columns.add(
          java.util.stream.IntStream.range(0, width)
              .filter(t -> real[row * width + t] != 0)
              .toArray());
    }
    return columns;
  }

  /** Logits of every real token, row by row: one float[V] each. */
  static List<float[][]> logits(
      TransformerModel model, List<int[]> rows, List<LoraAdapter> active) {
    return logits(model, TokenBatch.of(rows), active);
  }

  /** The batch of one padding side, with token types where the case has them. */
  static TokenBatch batch(SafetensorsFile file, List<int[]> rows, String side) {
    String types = side + ".token_type_ids";
    TokenBatch batch = TokenBatch.of(rows);
    return file.tensors().containsKey(types)
        ? batch.withTypes(rows(file, types, side + ".attention_mask"))
        : batch;
  }

  /** Shared goldens by family, and our own of families that they lack. */
  static Stream<DynamicTest> perFamily(Golden.CaseTest test) {
    Path own = Path.of("src/test/resources/families");
    try (Stream<Path> folders = Files.list(own)) {
      List<DynamicTest> tests =
          folders
              .sorted()
              .map(
                  folder ->
                      DynamicTest.dynamicTest(
                          "own " + folder.getFileName(), () -> test.check(folder)))
              .toList();
      return Stream.concat(Golden.perDirectory("architectures", test), tests.stream());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<float[][]> logits(
      TransformerModel model, TokenBatch batch, List<LoraAdapter> active) {
    try (NDManager scope = model.newScope()) {
      List<float[][]> all = new ArrayList<>();
      for (int b = 0; b < batch.rows(); b++) {
        int row = b;
        long[] index = new long[batch.lengths()[b]];
        Arrays.setAll(index, t -> batch.index(row, t));
        NDArray hidden = model.hidden(scope, batch, index, active, false, 0);
        boolean tokens = model.config().head() == Head.TOKEN_CLASSIFICATION;
        float[] flat =
            (tokens ? model.scores(scope, hidden, active, false) : model.logits(scope, hidden))
                .toFloatArray();
        int vocabulary = flat.length / index.length;
        float[][] logits = new float[index.length][];
        Arrays.setAll(logits, t -> Arrays.copyOfRange(flat, t * vocabulary, (t + 1) * vocabulary));
        all.add(logits);
      }
      return all;
    }
  }

  /** Loads, or skips the test by name where the family is still to be built. */
  static TransformerModel loadOrSkip(Path folder, LoadOptions options) {
    try {
      return TransformerModel.load(folder, options);
    } catch (ModelFormatException e) {
      Assumptions.assumeFalse(
          e.getMessage().contains("model_type is \"llava\""), "images come with a later issue");
      throw e;
    }
  }
}
