package org.plumbline.model.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.model.ModelFormatException;
import org.plumbline.model.adapter.Adapter;
import org.plumbline.model.adapter.AdapterMethod;
import org.plumbline.model.adapter.Lora;
import org.plumbline.model.quantization.Quantizer;
import org.plumbline.model.quantization.Scheme;
import org.plumbline.model.tensor.Parameter;

/** Bases whose linear layers stay in four bits compute what their unpacked values compute. */
class PackedModelTest {
  private static final Path LLAMA = Path.of("src/test/resources/families/llama-llama3");

  @TempDir private Path folder;

  @TestFactory
  Stream<DynamicTest> logitsAreThoseOfTheUnpackedValues() {
    return GoldenModel.perFamily(GoldenModel::isCausal, this::sameLogits);
  }

  private void sameLogits(Path source) throws IOException {
    Path floats = Files.createDirectories(folder.resolve("floats-" + source.getFileName()));
    List<int[]> rows = List.of(new int[] {5, 9, 17, 4, 33, 8}, new int[] {7, 11, 3});
    List<float[][]> packed;
    float[] next;
    try (TransformerModel model =
        TransformerModel.load(source, LoadOptions.frozen().withFourBit(true))) {
      packed = GoldenModel.logits(model, rows, List.of());
      next = decoded(model, rows);
      model.save(floats);
    }
    try (TransformerModel model = TransformerModel.load(floats, LoadOptions.frozen())) {
      // Folders in bfloat16 round the values once more when they are saved.
      float bound = model.config().dtype().bytes() == 4 ? 1e-4f : 0.3f;
      List<float[][]> plain = GoldenModel.logits(model, rows, List.of());
      for (int b = 0; b < rows.size(); b++) {
        for (int t = 0; t < rows.get(b).length; t++) {
          assertThat(packed.get(b)[t]).containsExactly(plain.get(b)[t], within(bound));
        }
      }
      int vocabulary = next.length / rows.size();
      for (int b = 0; b < rows.size(); b++) {
        assertThat(Arrays.copyOfRange(next, b * vocabulary, (b + 1) * vocabulary))
            .containsExactly(packed.get(b)[rows.get(b).length - 1], within(2e-4f));
      }
    }
    try (TransformerModel model = TransformerModel.load(source, LoadOptions.frozen())) {
      float[] before = GoldenModel.logits(model, rows, List.of()).get(0)[5];
      assertThat(packed.get(0)[5]).isNotEqualTo(before);
    }
  }

  private static float[] decoded(TransformerModel model, List<int[]> rows) {
    try (DecodingSession session = model.session(List.of());
        NDManager scope = model.newScope()) {
      return session.prompt(scope, rows, 8).toFloatArray();
    }
  }

  /** Gradients of an adapter on a packed base, layers computed again, and on unpacked values. */
  @Test
  void adaptersLearnAlike() throws IOException {
    learnsAlike(Lora.of(4, 8, 0, List.of(Lora.ALL_LINEAR)), "lora");
    learnsAlike(Tunings.dora(), "dora");
  }

  private void learnsAlike(AdapterMethod method, String name) throws IOException {
    Path floats = Files.createDirectories(folder.resolve("floats-" + name));
    List<float[]> packed;
    LoadOptions four = LoadOptions.frozen().withFourBit(true);
    try (TransformerModel model = TransformerModel.load(LLAMA, four.withCheckpointing(true))) {
      model.save(floats);
      packed = gradients(model, method);
    }
    try (TransformerModel model = TransformerModel.load(floats, LoadOptions.frozen())) {
      List<float[]> plain = gradients(model, method);
      for (int i = 0; i < plain.size(); i++) {
        double distance = 0;
        double length = 0;
        for (int k = 0; k < plain.get(i).length; k++) {
          distance += Math.pow(plain.get(i)[k] - packed.get(i)[k], 2);
          length += Math.pow(plain.get(i)[k], 2);
        }
        assertThat(length).isPositive();
        assertThat(Math.sqrt(distance / length)).isLessThan(1e-4);
      }
    }
  }

  private static List<float[]> gradients(TransformerModel model, AdapterMethod method) {
    Adapter adapter = model.addAdapter("a", method, 0, 3);
    for (Parameter parameter : adapter.parameters()) {
      float[] values = new float[Math.toIntExact(parameter.size())];
      java.util.SplittableRandom random = new java.util.SplittableRandom(7);
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) (random.nextDouble() - 0.5) / 4;
      }
      model.carrier().write(parameter.value(), values);
      parameter.changed().run();
    }
    TokenBatch batch = TokenBatch.of(List.of(new int[] {5, 9, 17, 4, 33, 8}, new int[] {7, 11, 3}));
    long[] index = {0, 1, 2, 3, 4, 6, 7};
    long[] targets = {9, 17, 4, 33, 8, 11, 3};
    float[] weights = {1, 1, 1, 1, 1, 1, 1};
    try (NDManager scope = model.newScope()) {
      Trace trace = model.trace(scope, batch, index, List.of(adapter), 0, false);
      NllResult loss = model.nll(scope, trace.rows(), targets, weights, List.of(adapter));
      List<NDArray> gradients =
          trace.gradients(
              scope, List.of(trace.rows()), List.of(loss.rowGrad()), adapter.parameters());
      return gradients.stream().map(model.carrier()::floats).toList();
    }
  }

  @Test
  void foldersThatArePackedStayPackedAndAreNotTrainedWhole() throws IOException {
    for (Scheme scheme : Scheme.values()) {
      Path out = Files.createDirectories(folder.resolve(scheme.name()));
      List<int[]> rows = List.of(new int[] {5, 9, 17, 4});
      try (TransformerModel model = TransformerModel.load(LLAMA, LoadOptions.frozen());
          NDManager scope = model.newScope();
          Quantizer quantizer = new Quantizer(scope)) {
        new ModelQuantizer(scope, model.carrier(), quantizer, scheme, true)
            .write(LLAMA, out, (done, total, name) -> {});
      }
      try (TransformerModel model = TransformerModel.load(out, LoadOptions.frozen())) {
        float[] packed = GoldenModel.logits(model, rows, List.of()).get(0)[3];
        Path floats = Files.createDirectories(folder.resolve(scheme.name() + "-floats"));
        model.save(floats);
        try (TransformerModel plain = TransformerModel.load(floats, LoadOptions.frozen())) {
          assertThat(plain.config().quantized()).isFalse();
          assertThat(packed)
              .containsExactly(GoldenModel.logits(plain, rows, List.of()).get(0)[3], within(1e-4f));
        }
      }
      assertThatThrownBy(() -> TransformerModel.load(out, LoadOptions.full()))
          .isInstanceOf(ModelFormatException.class)
          .hasMessageContaining("full fine-tuning trains floats");
    }
  }
}
