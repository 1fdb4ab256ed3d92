package org.plumbline.model.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.plumbline.model.ModelFormatException;

class SafetensorsFileTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}} | 4 | lies at bytes 0 to 8",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}} | 8 | needs 12 bytes",
        "{\"a\":{\"dtype\":\"F99\",\"shape\":[2],\"data_offsets\":[0,8]}} | 8 | dtype is \"F99\"",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]}} | 8 | has -2 in shape",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,0]}} | 8 | lies at bytes 8 to 0",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2.5],\"data_offsets\":[0,8]}} | 8 | has 2.5 in shape",
        "{\"a\":{\"dtype\":\"F32\",\"data_offsets\":[0,8]}} | 8 | needs dtype, shape",
        "{\"a\":7} | 0 | needs dtype, shape",
        "{\"a\":{\"dtype\":\"I8\",\"shape\":[2],\"data_offsets\":[0,2]},"
            + "\"b\":{\"dtype\":\"I8\",\"shape\":[2],\"data_offsets\":[1,3]}} | 3 | overlap or leave a hole",
        "{\"a\":{\"dtype\":\"I8\",\"shape\":[2],\"data_offsets\":[1,3]}} | 3 | overlap or leave a hole",
        "{\"a\":{\"dtype\":\"I8\",\"shape\":[2],\"data_offsets\":[0,2]}} | 5 | describes 2 bytes",
        "{\"a\":{\"dtype\":\"I8\",\"shape\":[1],\"data_offsets\":[0,1]},"
            + "\"a\":{\"dtype\":\"I8\",\"shape\":[1],\"data_offsets\":[1,2]}} | 2 | Duplicate field 'a'",
        "{\"a\":{\"dtype\":\"I8\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,2]}} | 2 | does not fit",
        "{\"a\":{\"dtype\":\"I8\" | 0 | not valid JSON",
        "[1] | 0 | does not begin with '{'",
        "{} {} | 0 | not one JSON object",
      })
  void refusesAnUnsoundHeader(String header, int dataBytes, String message) throws IOException {
    Path file = SafetensorsFiles.write(folder.resolve("bad.safetensors"), header, dataBytes);
    assertThatThrownBy(() -> SafetensorsFile.open(file))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageContaining("bad.safetensors")
        .hasMessageContaining(message);
  }

  @Test
  void refusesTruncatedFilesByName() throws IOException {
    Path file = folder.resolve("cut.safetensors");
    SafetensorsWriter writer =
        SafetensorsWriter.create(file, List.of(new TensorSpec("a", DType.F32, 4)));
    writer.write("a", new float[4]);
    writer.finish();
    byte[] whole = Files.readAllBytes(file);
    for (int length = 0; length < whole.length; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> SafetensorsFile.open(file))
          .isInstanceOf(ModelFormatException.class)
          .hasMessageContaining("cut.safetensors");
    }
  }

  @Test
  void refusesAHeaderAboveTheLimitWithoutReadingIt() throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
    Path file = Files.write(folder.resolve("big"), bytes.putLong(100_000_001L).array());
    assertThatThrownBy(() -> SafetensorsFile.open(file))
        .hasMessageContaining("claims 100000001 bytes, at most 100 MB");
    Files.write(file, bytes.clear().putLong(-1).array());
    assertThatThrownBy(() -> SafetensorsFile.open(file))
        .hasMessageContaining("18446744073709551615");
  }

  @Test
  void namesAMissingFileAndAMissingTensor() throws IOException {
    assertThatThrownBy(() -> SafetensorsFile.open(folder.resolve("none.safetensors")))
        .hasMessageContaining("none.safetensors: no such file");
    Path file = SafetensorsFiles.write(folder.resolve("empty.safetensors"), "{}", 0);
    try (SafetensorsFile open = SafetensorsFile.open(file)) {
      assertThatThrownBy(() -> open.tensor("x"))
          .hasMessageContaining("empty.safetensors has no tensor \"x\" (it holds 0 tensors)");
    }
  }

  @Test
  void reusesTheBufferThatIsLargeEnough() {
    Path file = folder.resolve("two.safetensors");
    try (SafetensorsWriter writer =
        SafetensorsWriter.create(
            file, List.of(new TensorSpec("a", DType.F32, 4), new TensorSpec("b", DType.F32, 2)))) {
      writer.write("b", new float[] {5, 6});
      writer.write("a", new float[] {1, 2, 3, 4});
      writer.finish();
    }
    try (SafetensorsFile open = SafetensorsFile.open(file)) {
      ByteBuffer first = open.read("a");
      assertThat(first.isDirect()).isTrue();
      assertThat(open.read("b", first)).isSameAs(first);
      assertThat(first.remaining()).isEqualTo(8);
      assertThat(first.getFloat(4)).isEqualTo(6f);
      assertThat(open.read("a", ByteBuffer.allocateDirect(4)).remaining()).isEqualTo(16);
      ByteBuffer part = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
      open.readChunk("a", 8, part);
      assertThat(part.getFloat(0)).isEqualTo(3f);
      assertThatThrownBy(() -> open.readChunk("a", 12, ByteBuffer.allocate(8)))
          .hasMessageContaining("8 bytes from 12 on asked of tensor \"a\", which has 16");
    }
  }

  @Test
  void aTensorAboveTwoGibibytesIsReadInPieces() throws IOException {
    long length = (1L << 31) + 8;
    String header = "{\"a\":{\"dtype\":\"U8\",\"shape\":[%1$d],\"data_offsets\":[0,%1$d]}}";
    Path file = SafetensorsFiles.write(folder.resolve("big"), header.formatted(length), 0);
    long start = Files.size(file);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(new byte[] {7}), start + length - 1); // a sparse file
    }
    try (SafetensorsFile open = SafetensorsFile.open(file)) {
      assertThatThrownBy(() -> open.read("a"))
          .hasMessageContaining("has 2147483656 bytes, too many to be read in one piece");
      ByteBuffer last = ByteBuffer.allocate(2);
      open.readChunk("a", length - 2, last);
      assertThat(last.array()).containsExactly(0, 7);
    }
  }

  @Test
  void readsIntegersAndRefusesFloatsForThem() throws IOException {
    String header =
        "{\"i\":{\"dtype\":\"I64\",\"shape\":[2],\"data_offsets\":[0,16]},"
            + "\"u\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[16,17]},"
            + "\"f\":{\"dtype\":\"F16\",\"shape\":[],\"data_offsets\":[17,19]}}";
    Path file = SafetensorsFiles.write(folder.resolve("ints.safetensors"), header, 19);
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length - 19] = -2; // low byte of i[0]
    bytes[bytes.length - 3] = -1; // u[0]
    Files.write(file, bytes);
    try (SafetensorsFile open = SafetensorsFile.open(file)) {
      assertThat(open.readLongs("i")).containsExactly(254, 0);
      assertThat(open.readFloats("i")).containsExactly(254f, 0f);
      assertThat(open.readLongs("u")).containsExactly(255);
      assertThatThrownBy(() -> open.readLongs("f"))
          .hasMessageContaining("tensor \"f\" is F16, an integer type is needed");
    }
  }
}
