package org.plumbline.model.safetensors;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.model.ModelFormatException;

/** A damaged file is refused, or every tensor it still names lies within it and can be read. */
class SafetensorsMutationTest {
  private static final int MUTATIONS = 500;
  private static final long SEED = 20_261_121;

  @TempDir Path folder;

  @Test
  void noMutationEscapesTheChecks() throws IOException {
    Path file = folder.resolve("model.safetensors");
    List<TensorSpec> specs =
        List.of(
            new TensorSpec("embed", DType.F32, 5, 3),
            new TensorSpec("norm", DType.BF16, 7),
            new TensorSpec("scalar", DType.F64),
            new TensorSpec("ids", DType.I64, 2, 2));
    try (SafetensorsWriter writer = SafetensorsWriter.create(file, specs)) {
      for (TensorSpec spec : specs) {
        writer.write(spec.name(), ByteBuffer.allocate((int) spec.bytes()));
      }
      writer.finish();
    }
    byte[] sound = Files.readAllBytes(file);
    int header = 8 + (int) ByteBuffer.wrap(sound).order(ByteOrder.LITTLE_ENDIAN).getLong();
    SplittableRandom random = new SplittableRandom(SEED);
    int refused = 0;
    for (int i = 0; i < MUTATIONS; i++) {
      byte[] mutated = mutated(sound, header, random);
      Files.write(file, mutated);
      try (SafetensorsFile open = SafetensorsFile.open(file)) {
        long covered = 0;
        for (TensorInfo tensor : open.tensors().values()) {
          assertThat(open.read(tensor.name()).remaining()).isEqualTo((int) tensor.spec().bytes());
          covered += tensor.bytes();
        }
        assertThat(covered).as("mutation %d of seed %d", i, SEED).isLessThan(mutated.length - 8L);
      } catch (ModelFormatException e) {
        assertThat(e).as("mutation %d of seed %d", i, SEED).hasMessageContaining(file.toString());
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(MUTATIONS / 2);
  }

  private static byte[] mutated(byte[] sound, int header, SplittableRandom random) {
    byte[] bytes = sound.clone();
    switch (random.nextInt(4)) {
      case 0 -> bytes[random.nextInt(header)] = (byte) random.nextInt(256);
      case 1 -> {
        int at = random.nextInt(8, header);
        bytes[at] = (byte) "0123456789-.eE\"{}[],:ntf ".charAt(random.nextInt(25));
      }
      case 2 -> bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length + 16));
      default -> {
        int from = random.nextInt(8, header);
        int length = Math.min(random.nextInt(1, 12), header - from);
        int to = random.nextInt(8, header - length + 1);
        System.arraycopy(sound, from, bytes, to, length);
      }
    }
    return bytes;
  }
}
