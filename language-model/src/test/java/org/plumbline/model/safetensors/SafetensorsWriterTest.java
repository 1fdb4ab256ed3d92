package org.plumbline.model.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SafetensorsWriterTest {
  private static final float[] VALUES = {0, 1, -2.5f, 0.1f, 65504, -1e-3f};

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource(names = {"F64", "F32", "F16", "BF16"})
  void floatsComeBackAsRoundedToTheirType(DType type) {
    Path file = folder.resolve("floats.safetensors");
    try (SafetensorsWriter writer =
        SafetensorsWriter.create(file, List.of(new TensorSpec("x", type, 2, 3)))) {
      writer.write("x", VALUES);
      writer.finish();
    }
    try (SafetensorsFile open = SafetensorsFile.open(file)) {
      assertThat(open.metadata()).isEqualTo(Map.of("format", "pt"));
      assertThat(open.tensor("x").shape()).containsExactly(2, 3);
      float[] back = open.readFloats("x");
      for (int i = 0; i < VALUES.length; i++) {
        float expected =
            switch (type) {
              case F16 -> HalfFloats.fromFloat16(HalfFloats.toFloat16(VALUES[i]));
              case BF16 -> HalfFloats.fromBfloat16(HalfFloats.toBfloat16(VALUES[i]));
              default -> VALUES[i];
            };
        assertThat(back[i]).isEqualTo(expected);
      }
    }
  }

  @Test
  void bytesDoNotDependOnTheOrderOfWritingNorOnThePieces() throws IOException {
    List<TensorSpec> specs =
        List.of(new TensorSpec("half", DType.F16, 3), new TensorSpec("full", DType.F32, 200_000));
    float[] half = {1, 2, 3};
    float[] full = new float[200_000];
    for (int i = 0; i < full.length; i++) {
      full[i] = i;
    }
    Path one = folder.resolve("one");
    try (SafetensorsWriter writer = SafetensorsWriter.create(one, specs)) {
      writer.write("half", half);
      writer.write("full", full);
      writer.finish();
    }
    Path two = folder.resolve("two");
    try (SafetensorsWriter writer = SafetensorsWriter.create(two, specs)) {
      ByteBuffer bytes = ByteBuffer.allocate(800_000).order(ByteOrder.LITTLE_ENDIAN);
      bytes.asFloatBuffer().put(full);
      writer.write("full", bytes.duplicate().limit(300_001));
      writer.write("half", half);
      writer.write("full", bytes.position(300_001));
      writer.finish();
    }
    assertThat(Files.readAllBytes(one)).isEqualTo(Files.readAllBytes(two));
    try (SafetensorsFile open = SafetensorsFile.open(one)) {
      assertThat(open.tensors().keySet()).containsExactly("full", "half"); // aligned
      assertThat(open.readFloats("full")).isEqualTo(full);
    }
    byte[] start = Files.readAllBytes(one);
    assertThat(ByteBuffer.wrap(start).order(ByteOrder.LITTLE_ENDIAN).getLong() % 8).isZero();
  }

  @Test
  void anUnfinishedFileLeavesTheOldOneAlone() throws IOException {
    Path file = Files.writeString(folder.resolve("old.safetensors"), "old");
    List<TensorSpec> specs = List.of(new TensorSpec("a", DType.F32, 2));
    try (SafetensorsWriter writer = SafetensorsWriter.create(file, specs)) {
      writer.write("a", new float[] {1});
      assertThatThrownBy(writer::finish)
          .hasMessageContaining("old.safetensors: 4 of the 8 bytes of a F32[2] were written");
    }
    assertThat(Files.readString(file)).isEqualTo("old");
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left).containsExactly(file);
    }
  }

  @Test
  void refusesWhatWasNotDeclared() {
    TensorSpec spec = new TensorSpec("a", DType.F32, 1);
    Path file = folder.resolve("x");
    assertThatThrownBy(() -> SafetensorsWriter.create(file, List.of(spec, spec)))
        .hasMessage("tensor \"a\" is declared twice");
    try (SafetensorsWriter writer =
        SafetensorsWriter.create(file, List.of(spec, new TensorSpec("i", DType.I64, 1)))) {
      assertThatThrownBy(() -> writer.write("b", new float[1]))
          .hasMessage("tensor \"b\" was not declared");
      assertThatThrownBy(() -> writer.write("a", new float[2]))
          .hasMessage("a F32[1] has 4 bytes, 8 were given");
      assertThatThrownBy(() -> writer.write("i", new float[1]))
          .hasMessage("floats cannot be stored as I64");
    }
  }

  @Test
  void saysWhereWritingFailed() throws IOException {
    Path blocked = Files.writeString(folder.resolve("file"), "").resolve("model.safetensors");
    assertThatThrownBy(() -> SafetensorsWriter.create(blocked, List.of()))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("model.safetensors cannot be written");
  }
}
