package org.plumbline.model.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.model.JsonFiles;
import org.plumbline.model.ModelFormatException;
import org.plumbline.model.config.Head;
import org.plumbline.model.config.LlamaSize;
import org.plumbline.model.config.NewModels;
import org.plumbline.model.config.Role;
import org.plumbline.model.config.SpecialIds;
import org.plumbline.model.config.TensorLayout;
import org.plumbline.model.config.TensorRef;
import org.plumbline.model.config.TransformerConfig;
import org.plumbline.model.engine.Engine;
import org.plumbline.model.quantization.PackedWeight;
import org.plumbline.model.quantization.Quantized;
import org.plumbline.model.quantization.QuantizedFolder;
import org.plumbline.model.quantization.Quantizer;
import org.plumbline.model.quantization.Scheme;
import org.plumbline.model.safetensors.DType;
import org.plumbline.model.safetensors.SafetensorsWriter;
import org.plumbline.model.safetensors.TensorSpec;
import org.plumbline.model.safetensors.WeightFolder;
import org.plumbline.model.tensor.TensorCarrier;

/** Quantised folders of every family: what they hold, compute and refuse. */
class ModelQuantizerTest {
  @TempDir private Path folder;

  static ModelQuantizer.Result quantize(Path source, Path target, Scheme scheme, boolean doubled)
      throws IOException {
    Files.createDirectories(target);
    try (NDManager manager = Engine.manager("cpu");
        TensorCarrier carrier = new TensorCarrier(manager);
        Quantizer quantizer = new Quantizer(manager)) {
      return new ModelQuantizer(manager, carrier, quantizer, scheme, doubled)
          .write(source, target, (done, total, tensor) -> {});
    }
  }

  @TestFactory
  Stream<DynamicTest> aReadFolderComputesWhatWeightsPackedInMemoryDo() {
    return GoldenModel.perFamily(
        source -> TransformerConfig.read(source).head() == Head.LANGUAGE_MODEL,
        source -> {
          for (Scheme scheme : Scheme.values()) {
            Path packed = folder.resolve(source.getFileName() + "-" + scheme);
            Path floats = folder.resolve(source.getFileName() + "-floats-" + scheme);
            ModelQuantizer.Result result = quantize(source, packed, scheme, true);
            assertThat(result.packed()).isEqualTo(unpackInMemory(source, floats, scheme));
            List<float[][]> ours = logits(packed);
            assertThat(equal(ours, logits(floats))).as("%s", scheme).isTrue();
            assertThat(equal(ours, logits(source))).as("quantising changes something").isFalse();
          }
        });
  }

  /** A folder of floats: linear layers packed and unpacked; how many they were. */
  private static int unpackInMemory(Path source, Path target, Scheme scheme) throws IOException {
    Files.createDirectories(target);
    TransformerConfig config = TransformerConfig.read(source);
    config.withDtype(DType.F32).write(target);
    Map<String, TensorRef> linear = new LinkedHashMap<>();
    try (WeightFolder weights = WeightFolder.open(source);
        NDManager manager = Engine.manager("cpu");
        Quantizer quantizer = new Quantizer(manager)) {
      TensorLayout.of(config)
          .verify(weights)
          .stored()
          .forEach(
              (ref, name) -> {
                boolean inLayer = ref.layer() >= 0 && ref.shape().size() == 2;
                if (inLayer && ref.role() != Role.ROUTER) {
                  linear.put(name, ref);
                }
              });
      List<TensorSpec> specs =
          weights.names().stream()
              .map(name -> new TensorSpec(name, DType.F32, weights.tensor(name).shape()))
              .toList();
      Path file = target.resolve("model.safetensors");
      try (SafetensorsWriter writer = SafetensorsWriter.create(file, specs)) {
        for (String name : weights.names()) {
          float[] values = weights.readFloats(name);
          TensorRef ref = linear.get(name);
          if (ref != null) {
            NDArray stored = manager.create(values, new Shape(weights.tensor(name).shape()));
            NDArray matrix = ref.transposed() ? stored.transpose().duplicate() : stored;
            Quantized packed = quantizer.pack(manager, matrix, scheme, 64, true);
            NDArray again = quantizer.unpack(manager, packed, DType.F32);
            values = (ref.transposed() ? again.transpose().duplicate() : again).toFloatArray();
          }
          writer.write(name, values);
        }
        writer.finish();
      }
    }
    return linear.size();
  }

  private static List<float[][]> logits(Path model) {
    try (TransformerModel loaded = TransformerModel.load(model, LoadOptions.frozen())) {
      return logits(loaded);
    }
  }

  private static List<float[][]> logits(TransformerModel model) {
    return GoldenModel.logits(model, rows(model.config()), List.of());
  }

  static List<int[]> rows(TransformerConfig config) {
    int[] row = new int[10];
    Arrays.setAll(row, t -> 5 + t * 7 % (config.vocabSize() - 8));
    return List.of(row, Arrays.copyOf(row, 4));
  }

  private static boolean equal(List<float[][]> a, List<float[][]> b) {
    for (int row = 0; row < a.size(); row++) {
      if (!Arrays.deepEquals(a.get(row), b.get(row))) {
        return false;
      }
    }
    return a.size() == b.size();
  }

  /** An untrained llama with untied embeddings. */
  static Path llama(Path target) {
    LlamaSize size = new LlamaSize(50, 64, 96, 2, 4, 2, 32, 10_000, false);
    TransformerConfig config =
        NewModels.llama(
            size,
            new SpecialIds(java.util.OptionalInt.empty(), List.of(1), java.util.OptionalInt.of(0)));
    try (TransformerModel model = TransformerModel.create(config, LoadOptions.full(), 5)) {
      model.save(target);
    }
    return target;
  }

  @Test
  void whatIsNoLinearLayerStaysAsItIs() throws IOException {
    Path source = llama(folder.resolve("llama"));
    Path target = folder.resolve("nf4");
    ModelQuantizer.Result result = quantize(source, target, Scheme.NF4, true);
    assertThat(result.packed()).isEqualTo(14);
    assertThat(result.bytesAfter()).isLessThan(result.bytesBefore());
    List<String> floats = new ArrayList<>();
    try (WeightFolder before = WeightFolder.open(source);
        WeightFolder after = WeightFolder.open(target)) {
      for (String name : before.names()) {
        if (QuantizedFolder.find(after, name).isEmpty()) {
          floats.add(name);
          assertThat(after.tensor(name).spec()).isEqualTo(before.tensor(name).spec());
          assertThat(after.read(name)).isEqualTo(before.read(name));
        }
      }
      assertThat(floats)
          .contains("model.embed_tokens.weight", "lm_head.weight", "model.norm.weight")
          .hasSize(7);
      String name = "model.layers.1.mlp.down_proj.weight";
      assertThat(QuantizedFolder.find(after, name))
          .contains(new PackedWeight(name, Scheme.NF4, 64, 96, DType.F32, 64, true));
      assertThat(after.tensor(name).shape()).containsExactly(64 * 96 / 2, 1);
    }
    ObjectNode config = JsonFiles.read(target.resolve("config.json"));
    ObjectNode how = (ObjectNode) config.path("quantization_config");
    assertThat(how.path("load_in_4bit").asBoolean()).isTrue();
    assertThat(how.path("bnb_4bit_quant_type").asText()).isEqualTo("nf4");
    assertThat(how.path("bnb_4bit_use_double_quant").asBoolean()).isTrue();
    assertThat(how.path("bnb_4bit_compute_dtype").asText()).isEqualTo("float32");
    assertThat(how.path("llm_int8_skip_modules").isNull()).isTrue();
  }

  @Test
  void equalFoldersGiveEqualBytes() throws IOException {
    Path source = llama(folder.resolve("llama"));
    quantize(source, folder.resolve("a"), Scheme.NF4, true);
    quantize(source, folder.resolve("b"), Scheme.NF4, true);
    for (String file : List.of("model.safetensors", "config.json")) {
      assertThat(folder.resolve("a").resolve(file))
          .hasSameBinaryContentAs(folder.resolve("b").resolve(file));
    }
  }

  @Test
  void aSavedModelIsOneOfFloatsAgain() throws IOException {
    Path packed = folder.resolve("packed");
    quantize(llama(folder.resolve("llama")), packed, Scheme.INT8, false);
    Path saved = folder.resolve("saved");
    List<float[][]> wanted;
    try (TransformerModel model = TransformerModel.load(packed, LoadOptions.frozen())) {
      wanted = logits(model);
      model.save(saved);
    }
    assertThat(TransformerConfig.read(packed).quantized()).isTrue();
    assertThat(TransformerConfig.read(saved).quantized()).isFalse();
    assertThat(equal(logits(saved), wanted)).isTrue();
  }

  @Test
  void aQuantisedFolderIsNotQuantisedAgain() throws IOException {
    Path packed = folder.resolve("packed");
    quantize(llama(folder.resolve("llama")), packed, Scheme.NF4, true);
    assertThatThrownBy(() -> quantize(packed, folder.resolve("again"), Scheme.NF4, true))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageContaining("is quantised already (quantization_config in config.json)");
  }

  @Test
  void aWeightThatIsNoNumberIsNamed() throws IOException {
    Path source = llama(folder.resolve("llama"));
    overwrite(source, "model.layers.1.self_attn.k_proj.weight", 4, Float.NaN);
    assertThatThrownBy(() -> quantize(source, folder.resolve("nf4"), Scheme.NF4, true))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageContaining("\"model.layers.1.self_attn.k_proj.weight\" cannot be quantised")
        .hasMessageContaining("infinite or no numbers");
  }

  @Test
  void brokenPackedWeightsAreRefusedByName() throws IOException {
    Path source = llama(folder.resolve("llama"));
    String weight = "model.layers.0.mlp.up_proj.weight";
    Path other = folder.resolve("levels");
    quantize(source, other, Scheme.NF4, true);
    overwrite(other, weight + ".quant_map", 0, -0.9f);
    refused(other, weight + ".quant_map\" lists other levels");
    other = folder.resolve("nested");
    quantize(source, other, Scheme.NF4, true);
    overwrite(other, weight + ".nested_quant_map", 0, -0.9f);
    refused(other, weight + ".nested_quant_map\" lists other levels");
    other = folder.resolve("state");
    quantize(source, other, Scheme.NF4, true);
    overwrite(other, weight + ".quant_state.bitsandbytes__nf4", 0, 0f);
    refused(other, "bitsandbytes__nf4\" holds no JSON");
    other = folder.resolve("format");
    quantize(source, other, Scheme.INT8, true);
    overwrite(other, "model.layers.0.mlp.up_proj.weight_format", new byte[] {2}, 0);
    refused(other, "weight_format\" is not 0");
    other = folder.resolve("cut");
    quantize(source, other, Scheme.NF4, true);
    Path file = other.resolve("model.safetensors");
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
      bytes.setLength(bytes.length() - 100);
    }
    refused(other, "model.safetensors");
  }

  private static void refused(Path model, String message) {
    assertThatThrownBy(() -> TransformerModel.load(model, LoadOptions.frozen()))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageContaining(message);
  }

  private static void overwrite(Path model, String tensor, int element, float value)
      throws IOException {
    byte[] bytes =
        ByteBuffer.allocate(4).order(java.nio.ByteOrder.LITTLE_ENDIAN).putFloat(value).array();
    overwrite(model, tensor, bytes, element * 4L);
  }

  private static void overwrite(Path model, String tensor, byte[] value, long at)
      throws IOException {
    Path file = model.resolve("model.safetensors");
    long begin;
    try (WeightFolder weights = WeightFolder.open(model)) {
      begin = weights.tensor(tensor).begin();
    }
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
      long header = Long.reverseBytes(bytes.readLong());
      bytes.seek(8 + header + begin + at);
      bytes.write(value);
    }
  }
}
