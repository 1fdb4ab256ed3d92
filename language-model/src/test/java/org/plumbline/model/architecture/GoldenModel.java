package org.plumbline.model.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.plumbline.model.adapter.Adapter;
import org.plumbline.model.config.Head;
import org.plumbline.model.config.ModelFamilies;
import org.plumbline.model.config.TransformerConfig;
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
  static List<float[][]> logits(TransformerModel model, List<int[]> rows, List<Adapter> active) {
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

  /** Shared goldens of known families, and our own of families that those lack. */
  static Stream<DynamicTest> perFamily(Golden.CaseTest test) {
    return perFamily(folder -> true, test);
  }

  /** Those of them that hold what is tested. */
  static Stream<DynamicTest> perFamily(Golden.CaseFilter holds, Golden.CaseTest test) {
    Path own = Path.of("src/test/resources/families");
    try (Stream<Path> folders = Files.list(own)) {
      List<DynamicTest> tests =
          folders
              .filter(holds::test)
              .sorted()
              .map(
                  folder ->
                      DynamicTest.dynamicTest(
                          "own " + folder.getFileName(), () -> test.check(folder)))
              .toList();
      Golden.CaseFilter known = folder -> isKnown(folder) && holds.holds(folder);
      return Stream.concat(Golden.perDirectory("architectures", known, test), tests.stream());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether the family is one of ours; those that are not must be refused by their name. */
  static boolean isKnown(Path folder) throws IOException {
    return ModelFamilies.supported().contains(modelType(folder));
  }

  static String modelType(Path folder) throws IOException {
    return new ObjectMapper()
        .readTree(folder.resolve("config.json").toFile())
        .path("model_type")
        .asText();
  }

  /** Whether {@code expected.safetensors} of a case holds a tensor. */
  static Golden.CaseFilter holds(String tensor) {
    return folder -> {
      try (SafetensorsFile file = SafetensorsFile.open(folder.resolve("expected.safetensors"))) {
        return file.tensors().containsKey(tensor);
      }
    };
  }

  /** Whether the case is a language model that continues texts. */
  static boolean isCausal(Path folder) {
    TransformerConfig config = TransformerConfig.read(folder);
    return config.attention().causal() && config.head() == Head.LANGUAGE_MODEL;
  }

  static List<float[][]> logits(TransformerModel model, TokenBatch batch, List<Adapter> active) {
    return logits(model, batch, RowAdapters.all(active));
  }

  static List<float[][]> logits(TransformerModel model, TokenBatch batch, RowAdapters adapters) {
    try (NDManager scope = model.newScope()) {
      List<float[][]> all = new ArrayList<>();
      for (int b = 0; b < batch.rows(); b++) {
        int row = b;
        long[] index = new long[batch.lengths()[b]];
        Arrays.setAll(index, t -> batch.index(row, t));
        NDArray hidden = model.hidden(scope, batch, index, adapters);
        boolean tokens = model.config().head() == Head.TOKEN_CLASSIFICATION;
        float[] flat =
            (tokens
                    ? model.scores(scope, hidden, adapters.heads(), false)
                    : model.logits(scope, hidden, adapters.heads()))
                .toFloatArray();
        int vocabulary = flat.length / index.length;
        float[][] logits = new float[index.length][];
        Arrays.setAll(logits, t -> Arrays.copyOfRange(flat, t * vocabulary, (t + 1) * vocabulary));
        all.add(logits);
      }
      return all;
    }
  }
}
