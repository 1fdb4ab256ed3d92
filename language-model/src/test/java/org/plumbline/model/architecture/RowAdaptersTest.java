package org.plumbline.model.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.plumbline.model.adapter.AdaLora;
import org.plumbline.model.adapter.Adapter;
import org.plumbline.model.adapter.AdapterMethod;
import org.plumbline.model.adapter.Lora;
import org.plumbline.model.adapter.RankBudget;
import org.plumbline.model.config.TensorLayout;
import org.plumbline.model.safetensors.DType;
import org.plumbline.model.tensor.Parameter;

/** Rows of one batch with adapters of their own compute what each computes alone. */
@Tag("invariant")
class RowAdaptersTest {
  private static final Path FAMILIES = Path.of("src/test/resources/families");

  /** Plain; Conv1D; norms of queries and keys; fused sites; grouped; norms around; experts. */
  private static final List<String> BASES =
      List.of("llama-linear", "gpt2", "qwen3", "phi3", "internlm2", "gemma2", "mixtral-window");

  private static final List<int[]> ROWS =
      List.of(
          new int[] {5, 17, 9, 30, 8, 22, 41},
          new int[] {7, 7, 40, 3},
          new int[] {33, 6, 12, 19, 45, 4, 28, 10},
          new int[] {5, 17, 9, 30, 8, 22, 40},
          new int[] {11, 2, 38, 20, 31});

  private static final LoadOptions FLOATS = LoadOptions.frozen();
  private static final LoadOptions BFLOATS = new LoadOptions(DType.BF16, false, "cpu");

  /** Three adapters of unlike methods, ranks, scales and targets; the second row has none. */
  private static List<List<Adapter>> rows(TransformerModel model) {
    Adapter all = add(model, "all", Tunings.lora(s -> s));
    RankBudget budget = new RankBudget(0, 0, 1, 10, 0.85, 0.85, 0.5);
    AdapterMethod triplets = new AdaLora(4, 2, 8, 0, List.of(Lora.ALL_LINEAR), budget);
    Adapter ada = add(model, "ada", triplets);
    String keys = Tunings.last(Tunings.keys(TensorLayout.of(model.config())));
    Adapter few = add(model, "few", Lora.of(2, 3, 0, List.of(keys)));
    return List.of(List.of(all), List.of(), List.of(few), List.of(ada), List.of(all, few));
  }

  private static Adapter add(TransformerModel model, String name, AdapterMethod method) {
    Adapter adapter = model.addAdapter(name, method, 0, 3);
    Tunings.shake(model, adapter);
    return adapter;
  }

  /** What is checked of a model with adapters for {@link #ROWS}. */
  private interface Check {
    void check(Path base, TransformerModel model, List<List<Adapter>> rows);
  }

  private static Stream<DynamicTest> each(List<String> bases, LoadOptions options, Check check) {
    return bases.stream()
        .map(
            base ->
                DynamicTest.dynamicTest(
                    base,
                    () -> {
                      Path folder = FAMILIES.resolve(base);
                      try (TransformerModel model = TransformerModel.load(folder, options)) {
                        check.check(folder, model, rows(model));
                      }
                    }));
  }

  /** Logits of each row alone, by the way of one adapter for all. */
  private static List<float[][]> alone(TransformerModel model, List<List<Adapter>> rows) {
    return IntStream.range(0, ROWS.size())
        .mapToObj(b -> GoldenModel.logits(model, List.of(ROWS.get(b)), rows.get(b)).get(0))
        .toList();
  }

  private static void wholePasses(
      TransformerModel model, List<List<Adapter>> rows, List<float[][]> wanted, float tolerance) {
    TokenBatch batch = TokenBatch.of(ROWS);
    List<float[][]> mixed = GoldenModel.logits(model, batch, RowAdapters.each(rows));
    List<float[][]> plain = GoldenModel.logits(model, batch, List.of());
    for (int b = 0; b < ROWS.size(); b++) {
      int last = ROWS.get(b).length - 1;
      for (int t = 0; t <= last; t++) {
        assertThat(mixed.get(b)[t])
            .as("row %d at %d", b, t)
            .containsExactly(wanted.get(b)[t], within(tolerance));
      }
      if (!rows.get(b).isEmpty()) {
        assertThat(distance(mixed.get(b)[last], plain.get(b)[last]))
            .as("row %d's adapter shows", b)
            .isGreaterThan(2 * tolerance);
      }
    }
  }

  private static double distance(float[] a, float[] b) {
    return IntStream.range(0, a.length).mapToDouble(i -> Math.abs(a[i] - b[i])).max().orElseThrow();
  }

  /** Cached decoding of all but two tokens, while rows change places, repeat and leave. */
  private static void steps(
      TransformerModel model, List<List<Adapter>> rows, List<float[][]> wanted, float tolerance) {
    List<int[]> prompts = ROWS.stream().map(row -> Arrays.copyOf(row, row.length - 2)).toList();
    try (NDManager scope = model.newScope();
        DecodingSession session = model.session(RowAdapters.each(rows))) {
      int[] here = {0, 1, 2, 3, 4};
      NDArray logits = session.prompt(scope, prompts, 64);
      compare(logits, here, 3, wanted, tolerance);
      for (int[] kept : List.of(new int[] {3, 4, 0, 1, 0}, new int[] {1, 3, 1})) {
        session.keep(kept);
        int[] before = here;
        here = Arrays.stream(kept).map(place -> before[place]).toArray();
        int back = kept.length == 5 ? 2 : 1;
        int[] next = Arrays.stream(here).map(b -> ROWS.get(b)[ROWS.get(b).length - back]).toArray();
        logits = session.step(scope, next);
        compare(logits, here, back, wanted, tolerance);
      }
    }
  }

  private static void compare(
      NDArray logits, int[] rows, int back, List<float[][]> wanted, float tolerance) {
    float[] flat = logits.toFloatArray();
    int vocabulary = flat.length / rows.length;
    for (int i = 0; i < rows.length; i++) {
      assertThat(Arrays.copyOfRange(flat, i * vocabulary, (i + 1) * vocabulary))
          .as("row %d, %d from its end", rows[i], back)
          .containsExactly(wanted.get(rows[i])[ROWS.get(rows[i]).length - back], within(tolerance));
    }
  }

  @TestFactory
  Stream<DynamicTest> inFloat32() {
    List<String> bases = new ArrayList<>(BASES);
    bases.add("bert-tokens");
    return each(
        bases,
        FLOATS,
        (base, model, rows) -> {
          List<float[][]> wanted = alone(model, rows);
          wholePasses(model, rows, wanted, 1e-4f);
          if (model.config().attention().causal()) {
            steps(model, rows, wanted, 2e-4f);
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> inBfloat16() {
    return each(
        List.of("llama-linear", "gpt2", "qwen3", "phi3"),
        BFLOATS,
        (base, model, rows) -> {
          List<float[][]> wanted;
          try (TransformerModel exact = TransformerModel.load(base, FLOATS)) {
            wanted = alone(exact, rows(exact));
          }
          float tolerance = 0.03f * range(wanted);
          wholePasses(model, rows, wanted, tolerance);
          steps(model, rows, wanted, tolerance);
        });
  }

  private static float range(List<float[][]> logits) {
    double[] all =
        logits.stream()
            .flatMap(Arrays::stream)
            .flatMapToDouble(row -> IntStream.range(0, row.length).mapToDouble(i -> row[i]))
            .sorted()
            .toArray();
    return (float) (all[all.length - 1] - all[0]);
  }

  @TestFactory
  Stream<DynamicTest> onPackedWeights() {
    return each(
        List.of("llama-linear", "gpt2", "phi3"),
        FLOATS.withFourBit(true),
        (base, model, rows) -> {
          List<float[][]> wanted = alone(model, rows);
          wholePasses(model, rows, wanted, 1e-4f);
          steps(model, rows, wanted, 2e-4f);
        });
  }

  @TestFactory
  Stream<DynamicTest> oneAdapterBesideTheWeightsIsThatAdapter() {
    return each(
        List.of("llama-linear", "qwen3"),
        FLOATS,
        (base, model, rows) -> {
          for (List<Adapter> one : List.of(rows.get(0), List.<Adapter>of())) {
            List<List<Adapter>> same = ROWS.stream().map(row -> one).toList();
            assertThat(RowAdapters.each(same)).isEqualTo(RowAdapters.all(one));
            List<float[][]> wanted = alone(model, same);
            try (NDManager scope = model.newScope();
                DecodingSession session = model.session(new RowAdapters.Each(same))) {
              NDArray logits = session.prompt(scope, ROWS, 9);
              compare(logits, new int[] {0, 1, 2, 3, 4}, 1, wanted, 2e-4f);
            }
            TokenBatch batch = TokenBatch.of(ROWS);
            assertThat(GoldenModel.logits(model, batch, new RowAdapters.Each(same)).get(2)[3])
                .containsExactly(wanted.get(2)[3], within(1e-4f));
          }
        });
  }

  @Test
  void aBrokenAdapterBreaksItsOwnRowAlone() {
    for (LoadOptions options : List.of(FLOATS, BFLOATS)) {
      try (TransformerModel model =
          TransformerModel.load(FAMILIES.resolve("llama-linear"), options)) {
        List<List<Adapter>> rows = rows(model);
        for (Parameter parameter : rows.get(3).get(0).parameters()) {
          float[] values = new float[Math.toIntExact(parameter.size())];
          Arrays.fill(values, Float.NaN);
          Tunings.write(model, parameter, values);
        }
        try (NDManager scope = model.newScope();
            DecodingSession session = model.session(RowAdapters.each(rows))) {
          for (NDArray logits :
              List.of(
                  session.prompt(scope, ROWS, 10),
                  session.step(scope, new int[] {1, 2, 3, 4, 5}))) {
            List<Integer> broken = new ArrayList<>();
            float[] flat = logits.toFloatArray();
            for (int b = 0; b < ROWS.size(); b++) {
              int width = flat.length / ROWS.size();
              float[] row = Arrays.copyOfRange(flat, b * width, (b + 1) * width);
              if (!Float.isFinite((float) distance(row, new float[width]))) {
                broken.add(b);
              }
            }
            assertThat(broken).containsExactly(3);
          }
        }
      }
    }
  }
}
