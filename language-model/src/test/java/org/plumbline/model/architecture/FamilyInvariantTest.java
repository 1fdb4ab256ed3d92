package org.plumbline.model.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.model.config.TransformerConfig;
import org.plumbline.model.generation.Generated;
import org.plumbline.model.generation.Generator;
import org.plumbline.model.generation.SamplingConfig;
import org.plumbline.model.safetensors.DType;
import org.plumbline.model.safetensors.SafetensorsFile;
import org.plumbline.model.tensor.Parameter;

/** What must hold of every family, whatever its numbers are. */
@Tag("invariant")
class FamilyInvariantTest {
  private static final double BF16_SHARE = 0.03;

  @TempDir private Path folder;

  /** Rows of unequal length, made of ids that every vocabulary has. */
  private static List<int[]> rows(TransformerConfig config) {
    List<int[]> rows = new ArrayList<>();
    for (int length : new int[] {11, 3, 14, 7}) {
      int[] row = new int[length];
      Arrays.setAll(row, t -> 5 + (t * 7 + length * 13) % (config.vocabSize() - 8));
      rows.add(row);
    }
    return rows;
  }

  @TestFactory
  Stream<DynamicTest> neighboursAndPaddingChangeNothing() {
    return GoldenModel.perFamily(
        model -> {
          try (TransformerModel loaded = TransformerModel.load(model, LoadOptions.frozen())) {
            List<int[]> rows = rows(loaded.config());
            List<float[][]> together = hidden(loaded, TokenBatch.of(rows));
            for (int b = 0; b < rows.size(); b++) {
              float[][] alone = hidden(loaded, TokenBatch.of(List.of(rows.get(b)))).get(0);
              for (int t = 0; t < alone.length; t++) {
                assertThat(together.get(b)[t])
                    .as("row %d position %d", b, t)
                    .containsExactly(alone[t], within(1e-4f));
              }
            }
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> cachedStepsGiveWhatTheWholeSequenceGives() {
    return GoldenModel.perFamily(
        GoldenModel::isCausal,
        model -> {
          try (TransformerModel loaded = TransformerModel.load(model, LoadOptions.frozen())) {
            List<int[]> prompts = rows(loaded.config());
            prompts.replaceAll(row -> Arrays.copyOf(row, Math.min(row.length, 6)));
            SamplingConfig greedy = SamplingConfig.greedy(5, java.util.Set.of());
            List<Generated> replies;
            try (Generator generator = new Generator(loaded, 8)) {
              replies = generator.generate(prompts, List.of(), greedy, row -> null);
            }
            List<int[]> whole = new ArrayList<>();
            for (int b = 0; b < prompts.size(); b++) {
              int[] prompt = prompts.get(b);
              int[] reply = replies.get(b).ids();
              int[] both = Arrays.copyOf(prompt, prompt.length + reply.length);
              System.arraycopy(reply, 0, both, prompt.length, reply.length);
              whole.add(both);
            }
            List<float[][]> logits = GoldenModel.logits(loaded, whole, List.of());
            for (int b = 0; b < prompts.size(); b++) {
              for (int i = 0; i < replies.get(b).ids().length; i++) {
                float[] at = logits.get(b)[prompts.get(b).length - 1 + i];
                float best = Float.NEGATIVE_INFINITY;
                for (float value : at) {
                  best = Math.max(best, value);
                }
                assertThat(at[replies.get(b).ids()[i]]).isCloseTo(best, within(1e-3f));
              }
            }
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> packedRowsLearnWhatUnpackedOnesLearn() {
    return GoldenModel.perFamily(
        GoldenModel::isCausal,
        model -> {
          try (TransformerModel loaded = TransformerModel.load(model, LoadOptions.full())) {
            List<int[]> rows = rows(loaded.config());
            Learned plain = learn(loaded, TokenBatch.of(rows), rows, places(rows, false));
            TokenBatch packed =
                TokenBatch.packed(
                    List.of(List.of(rows.get(0), rows.get(1)), List.of(rows.get(2), rows.get(3))));
            Learned joined = learn(loaded, packed, rows, places(rows, true));
            assertThat(joined.loss()).isCloseTo(plain.loss(), within(1e-5));
            for (int p = 0; p < plain.gradients().size(); p++) {
              float[] a = plain.gradients().get(p);
              float[] b = joined.gradients().get(p);
              double difference = 0;
              double norm = 0;
              for (int i = 0; i < a.length; i++) {
                difference += ((double) a[i] - b[i]) * ((double) a[i] - b[i]);
                norm += (double) a[i] * a[i];
              }
              assertThat(Math.sqrt(difference))
                  .as(loaded.parameters().get(p).name())
                  .isLessThanOrEqualTo(1e-5 * Math.sqrt(norm) + 1e-9);
            }
          }
        });
  }

  private record Learned(double loss, List<float[]> gradients) {}

  /** Row and first column of each sequence, alone in its row or two in a row. */
  private static int[][] places(List<int[]> rows, boolean packed) {
    int[][] places = new int[rows.size()][];
    for (int i = 0; i < places.length; i++) {
      places[i] =
          packed ? new int[] {i / 2, i % 2 == 0 ? 0 : rows.get(i - 1).length} : new int[] {i, 0};
    }
    return places;
  }

  private static Learned learn(
      TransformerModel model, TokenBatch batch, List<int[]> rows, int[][] places) {
    List<Long> index = new ArrayList<>();
    List<Long> targets = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      for (int t = 1; t < rows.get(i).length; t++) {
        index.add(batch.index(places[i][0], places[i][1] + t - 1));
        targets.add((long) rows.get(i)[t]);
      }
    }
    float[] weights = new float[targets.size()];
    Arrays.fill(weights, 1f / weights.length);
    try (NDManager scope = model.newScope()) {
      long[] at = index.stream().mapToLong(Long::longValue).toArray();
      Trace trace = model.trace(scope, batch, at, List.of(), 0, false);
      NDArray picked = trace.rows();
      NllResult loss =
          model.nll(
              scope,
              picked,
              targets.stream().mapToLong(Long::longValue).toArray(),
              weights,
              List.of());
      List<Parameter> parameters = model.parameters();
      List<NDArray> gradients =
          trace.gradients(scope, List.of(picked), List.of(loss.rowGrad()), parameters);
      model.addHeadGradient(parameters, gradients, loss, List.of());
      return new Learned(loss.loss(), gradients.stream().map(model.carrier()::floats).toList());
    }
  }

  /**
   * Mixtral may route a token elsewhere in bfloat16, which is another function of its input, not an
   * error of rounding: there every position is judged whose experts are the same in all layers.
   */
  @TestFactory
  Stream<DynamicTest> bfloat16StaysNearFloat32() {
    return GoldenModel.perFamily(
        GoldenModel::isCausal,
        model -> {
          LoadOptions half = new LoadOptions(DType.BF16, false, "cpu");
          try (TransformerModel full = TransformerModel.load(model, LoadOptions.frozen());
              TransformerModel rounded = TransformerModel.load(model, half)) {
            List<int[]> rows = rows(full.config());
            List<float[][]> want = GoldenModel.logits(full, rows, List.of());
            List<float[][]> found = GoldenModel.logits(rounded, rows, List.of());
            List<boolean[]> judged = judged(full, rounded, rows);
            float range = range(want);
            int count = 0;
            int all = 0;
            for (int b = 0; b < rows.size(); b++) {
              for (int t = 0; t < want.get(b).length; t++) {
                all++;
                if (judged.get(b)[t]) {
                  count++;
                  assertThat(furthest(want.get(b)[t], found.get(b)[t]) / range)
                      .as("row %d position %d", b, t)
                      .isLessThanOrEqualTo((float) BF16_SHARE);
                }
              }
            }
            assertThat(count).as("judged of %d positions", all).isGreaterThanOrEqualTo(all / 2);
          }
        });
  }

  /** Positions at which both precisions compute the same function: all, but for experts. */
  private static List<boolean[]> judged(
      TransformerModel full, TransformerModel rounded, List<int[]> rows) {
    List<boolean[]> judged = new ArrayList<>();
    for (int[] row : rows) {
      boolean[] all = new boolean[row.length];
      Arrays.fill(all, true);
      judged.add(all);
    }
    if (full.config().experts().isPresent()) {
      List<List<List<Set<Integer>>>> want = Routing.of(full, rows);
      List<List<List<Set<Integer>>>> found = Routing.of(rounded, rows);
      for (int b = 0; b < rows.size(); b++) {
        for (int t = 0; t < judged.get(b).length; t++) {
          judged.get(b)[t] = want.get(b).get(t).equals(found.get(b).get(t));
        }
      }
    }
    return judged;
  }

  private static float range(List<float[][]> logits) {
    float low = Float.POSITIVE_INFINITY;
    float high = Float.NEGATIVE_INFINITY;
    for (float[][] row : logits) {
      for (float[] position : row) {
        for (float value : position) {
          low = Math.min(low, value);
          high = Math.max(high, value);
        }
      }
    }
    return high - low;
  }

  private static float furthest(float[] want, float[] found) {
    float most = 0;
    for (int v = 0; v < want.length; v++) {
      most = Math.max(most, Math.abs(want[v] - found[v]));
    }
    return most;
  }

  @TestFactory
  Stream<DynamicTest> savedFoldersHoldTheSameTensors() {
    return GoldenModel.perFamily(
        model -> {
          try (TransformerModel loaded = TransformerModel.load(model, LoadOptions.frozen())) {
            Path copy = Files.createTempDirectory(folder, "saved");
            loaded.save(copy);
            try (TransformerModel again = TransformerModel.load(copy, LoadOptions.frozen());
                SafetensorsFile written = SafetensorsFile.open(copy.resolve("model.safetensors"))) {
              assertThat(written.tensors()).isNotEmpty();
              List<int[]> rows = rows(loaded.config());
              List<float[][]> before = hidden(loaded, TokenBatch.of(rows));
              List<float[][]> after = hidden(again, TokenBatch.of(rows));
              for (int b = 0; b < rows.size(); b++) {
                assertThat(after.get(b)).isDeepEqualTo(before.get(b));
              }
              if (Files.exists(model.resolve("model.safetensors"))) {
                try (SafetensorsFile original =
                    SafetensorsFile.open(model.resolve("model.safetensors"))) {
                  for (String name : written.tensors().keySet()) {
                    if (original.tensors().containsKey(name)) {
                      assertThat(written.readFloats(name))
                          .as(name)
                          .isEqualTo(original.readFloats(name));
                    }
                  }
                }
              }
            }
          }
        });
  }

  /** Hidden states under the head at every real position. */
  private static List<float[][]> hidden(TransformerModel model, TokenBatch batch) {
    List<float[][]> all = new ArrayList<>();
    try (NDManager scope = model.newScope()) {
      for (int b = 0; b < batch.rows(); b++) {
        int row = b;
        long[] index = new long[batch.lengths()[b]];
        Arrays.setAll(index, t -> batch.index(row, t));
        NDArray states = model.hidden(scope, batch, index, List.of());
        float[] flat = model.carrier().floats(states);
        int width = flat.length / index.length;
        float[][] parts = new float[index.length][];
        Arrays.setAll(parts, t -> Arrays.copyOfRange(flat, t * width, (t + 1) * width));
        all.add(parts);
      }
    }
    return all;
  }
}
