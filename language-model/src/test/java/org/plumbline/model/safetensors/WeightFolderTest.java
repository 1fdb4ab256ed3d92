package org.plumbline.model.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.model.ModelFormatException;

class WeightFolderTest {
  private static final List<TensorSpec> SPECS =
      List.of(
          new TensorSpec("a", DType.F32, 4),
          new TensorSpec("b", DType.F32, 4),
          new TensorSpec("c", DType.F32, 12));

  @TempDir Path folder;

  private void write(long maxShardBytes) {
    try (WeightFolderWriter writer =
        WeightFolderWriter.create(folder, "model", SPECS, maxShardBytes)) {
      writer.write("c", new float[12]);
      writer.write("a", new float[] {1, 2, 3, 4});
      writer.write("b", new float[] {5, 6, 7, 8});
      writer.finish();
    }
  }

  private List<String> files() throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void oneFileOrShardsReadTheSame() throws IOException {
    write(32); // c is larger than a shard and gets one of its own
    assertThat(files())
        .containsExactly(
            "model-00001-of-00002.safetensors",
            "model-00002-of-00002.safetensors",
            "model.safetensors.index.json");
    assertThat(Files.readString(folder.resolve("model.safetensors.index.json")))
        .contains("\"total_size\": 80", "\"b\": \"model-00001-of-00002.safetensors\"");
    try (WeightFolder weights = WeightFolder.open(folder)) {
      assertThat(weights.names()).containsExactly("a", "b", "c");
      assertThat(weights.contains("c")).isTrue();
      assertThat(weights.fileOf("c")).hasFileName("model-00002-of-00002.safetensors");
      assertThat(weights.readFloats("b")).containsExactly(5, 6, 7, 8);
      assertThat(weights.read("b").getFloat(4)).isEqualTo(6);
      assertThat(weights.tensor("c").elements()).isEqualTo(12);
      assertThatThrownBy(() -> weights.tensor("d")).hasMessageContaining("no tensor \"d\"");
    }
    write(WeightFolderWriter.DEFAULT_SHARD_BYTES);
    assertThat(files()).containsExactly("model.safetensors");
    try (WeightFolder weights = WeightFolder.open(folder)) {
      assertThat(weights.readFloats("a")).containsExactly(1, 2, 3, 4);
    }
  }

  @Test
  void namesAMissingShard() throws IOException {
    write(16);
    Files.delete(folder.resolve("model-00002-of-00003.safetensors"));
    assertThatThrownBy(() -> WeightFolder.open(folder))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageContaining("shard model-00002-of-00003.safetensors")
        .hasMessageContaining("is missing");
  }

  @Test
  void refusesAnIndexThatDoesNotFit() throws IOException {
    write(16);
    Path index = folder.resolve("model.safetensors.index.json");
    String good = Files.readString(index);
    Files.writeString(index, good.replace("\"a\"", "\"z\""));
    assertThatThrownBy(() -> WeightFolder.open(folder))
        .hasMessageContaining("tensor \"z\" is in model-00001-of-00003.safetensors");
    Files.writeString(index, good.replace("model-00001", "../model-00001"));
    assertThatThrownBy(() -> WeightFolder.open(folder))
        .hasMessageContaining("a safetensors file of the same folder is needed");
    Files.writeString(index, "{}");
    assertThatThrownBy(() -> WeightFolder.open(folder)).hasMessageContaining("has no weight_map");
  }

  @Test
  void refusesFormatsThatCanRunCode() throws IOException {
    Files.writeString(folder.resolve("pytorch_model.bin"), "never opened");
    Files.writeString(folder.resolve("model.pt"), "never opened");
    assertThatThrownBy(() -> WeightFolder.open(folder))
        .hasMessageContaining("holds no model.safetensors")
        .hasMessageContaining("only model.pt, pytorch_model.bin: only safetensors is opened");
  }

  @Test
  void namesAnEmptyOrAbsentFolder() {
    assertThatThrownBy(() -> WeightFolder.open(folder, "adapter_model"))
        .hasMessageContaining("holds no adapter_model.safetensors");
    assertThatThrownBy(() -> WeightFolder.open(folder.resolve("none")))
        .hasMessageContaining("none: no such folder");
  }
}
