package org.plumbline.model.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.model.JsonFiles;
import org.plumbline.model.ModelFormatException;
import org.plumbline.model.adapter.Adapter;
import org.plumbline.model.adapter.Lora;
import org.plumbline.model.config.LlamaSize;
import org.plumbline.model.config.NewModels;
import org.plumbline.model.config.SpecialIds;
import org.plumbline.model.config.TransformerConfig;
import org.plumbline.model.quantization.Scheme;
import org.plumbline.model.safetensors.TensorSpec;
import org.plumbline.model.safetensors.WeightFolder;
import org.plumbline.model.safetensors.WeightFolderWriter;

/** An adapter goes on the base that it was made for, however that is stored. */
class BaseOriginTest {
  private static final Path LLAMA = Path.of("src/test/resources/families/llama-linear");
  private static final Path GPT2 = Path.of("src/test/resources/families/gpt2");
  private static final String CONFIG = "adapter_config.json";

  @TempDir private Path folder;
  private Path base;
  private Path adapter;

  @BeforeEach
  void make() throws IOException {
    base = random("base", 1);
    adapter = adapter("adapter", base, LoadOptions.frozen());
  }

  private Path random(String name, long seed) throws IOException {
    Path out = Files.createDirectories(folder.resolve(name));
    TransformerConfig config = TransformerConfig.read(LLAMA);
    try (TransformerModel model = TransformerModel.create(config, LoadOptions.full(), seed)) {
      model.save(out);
    }
    return out;
  }

  private Path adapter(String name, Path on, LoadOptions options) throws IOException {
    Path out = Files.createDirectories(folder.resolve(name));
    try (TransformerModel model = TransformerModel.load(on, options)) {
      Lora lora = Lora.of(2, 4, 0, List.of(Lora.ALL_LINEAR));
      model.saveAdapter(model.addAdapter("a", lora, 0, 3), out, on);
    }
    return out;
  }

  private static ObjectNode config(Path adapter) {
    return JsonFiles.read(adapter.resolve(CONFIG));
  }

  private static Adapter open(Path on, Path adapter, LoadOptions options) {
    try (TransformerModel model = TransformerModel.load(on, options)) {
      return model.loadAdapter("a", adapter);
    }
  }

  private static void opens(Path on, Path adapter) {
    assertThat(open(on, adapter, LoadOptions.frozen()).lowRanks()).isNotEmpty();
    try (TransformerModel model =
        TransformerModel.loadUnder(on, adapter, LoadOptions.frozen().withFourBit(true))) {
      assertThat(model.loadAdapter("a", adapter).lowRanks()).isNotEmpty();
    }
  }

  @Test
  void everyAdapterNamesTheWeightsOfItsBase() throws IOException {
    assertThat(config(adapter).path("base_sha256").asText()).matches("[0-9a-f]{64}");
    assertThat(config(adapter).path("base_model_name_or_path").asText()).isEqualTo("../base");
    Path other = random("other", 2);
    Path elsewhere = Files.createDirectories(folder.resolve("elsewhere"));
    try (TransformerModel model = TransformerModel.load(base, LoadOptions.frozen())) {
      Adapter one = model.loadAdapter("a", adapter);
      // As PPO's, which is left on a base that has what came before merged in it.
      model.saveAdapter(one, elsewhere, other);
    }
    opens(other, elsewhere);
    assertThat(BaseOrigin.read(base).fault(elsewhere)).isPresent();
  }

  @Test
  void anotherBaseOfTheSameShapeIsRefusedUnlessForced() throws IOException {
    Path other = random("other", 2);
    String message =
        "%s was made for another base: ../base, whose weights have base_sha256=%s…, but those of %s have "
            .formatted(
                adapter, config(adapter).path("base_sha256").asText().substring(0, 12), other);
    assertThatThrownBy(() -> open(other, adapter, LoadOptions.frozen()))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageStartingWith(message)
        .hasMessageContaining("--force-adapter");
    assertThatThrownBy(() -> ModelBundle.with(other, adapter, LoadOptions.frozen()))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageStartingWith(message);
    LoadOptions any = LoadOptions.frozen().withAnyBase(true);
    assertThat(open(other, adapter, any).lowRanks()).isNotEmpty();
    try (TransformerModel model = TransformerModel.loadUnder(other, adapter, any)) {
      assertThat(model.loadAdapter("a", adapter).lowRanks()).isNotEmpty();
      assertThat(model.origin().fault(adapter).orElseThrow()).startsWith(message);
    }
  }

  @Test
  void theSameBaseInShardsIsTaken() throws IOException {
    Path shards = Files.createDirectories(folder.resolve("shards"));
    TransformerConfig.read(base).write(shards);
    try (WeightFolder weights = WeightFolder.open(base)) {
      List<TensorSpec> specs =
          weights.names().stream().map(name -> weights.tensor(name).spec()).toList();
      try (WeightFolderWriter writer = WeightFolderWriter.create(shards, "model", specs, 5000)) {
        specs.forEach(spec -> writer.write(spec.name(), weights.read(spec.name())));
        writer.finish();
      }
    }
    assertThat(shards.resolve("model.safetensors")).doesNotExist();
    opens(shards, adapter);
  }

  @Test
  void packedOrNotABaseIsOne() throws IOException {
    Path packed = folder.resolve("packed");
    ModelQuantizerTest.quantize(base, packed, Scheme.NF4, true);
    opens(packed, adapter);
    Path onPacked = adapter("on-packed", packed, LoadOptions.frozen());
    opens(base, onPacked);
    Path qlora = adapter("qlora", base, LoadOptions.frozen().withFourBit(true));
    opens(packed, qlora);
    Path other = folder.resolve("other-packed");
    ModelQuantizerTest.quantize(random("other", 2), other, Scheme.INT8, true);
    assertThatThrownBy(() -> open(other, qlora, LoadOptions.frozen()))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageContaining("was made for another base: ../base");
  }

  @Test
  void withoutAFingerprintShapesDecide() throws IOException {
    ObjectNode json = config(adapter);
    json.remove("base_sha256");
    JsonFiles.write(adapter.resolve(CONFIG), json);
    opens(random("other", 2), adapter);
    refusedByShape(LoadOptions.frozen());
  }

  @Test
  void anotherShapeIsRefusedEvenIfForced() throws IOException {
    assertThatThrownBy(() -> open(GPT2, adapter, LoadOptions.frozen()))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageContaining("was made for another base: ../base");
    refusedByShape(LoadOptions.frozen().withAnyBase(true));
  }

  private void refusedByShape(LoadOptions options) throws IOException {
    assertThatThrownBy(() -> open(GPT2, adapter, options))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageMatching(
            ".*adapter_model.safetensors: tensor \\S+ belongs to no adapted module \\(\\d+ such\\);.*Is this another model's adapter\\?");
    Path narrow = Files.createDirectories(folder.resolve("narrow"));
    LlamaSize size = new LlamaSize(48, 16, 24, 2, 2, 2, 64, 10_000, true);
    SpecialIds ids = new SpecialIds(OptionalInt.empty(), List.of(2), OptionalInt.of(0));
    try (TransformerModel model =
        TransformerModel.create(NewModels.llama(size, ids), LoadOptions.full(), 1)) {
      model.save(narrow);
    }
    assertThatThrownBy(() -> open(narrow, adapter, options))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageMatching(
            ".*adapter_model.safetensors: \\S+q_proj.lora_A.weight is \\[2, 24], but the base model needs \\[2, 16]. Is this another model's adapter\\?");
  }
}
