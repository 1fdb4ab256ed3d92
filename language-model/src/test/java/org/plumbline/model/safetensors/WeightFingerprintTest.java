package org.plumbline.model.safetensors;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the fingerprint of a folder's weights takes in, and what it leaves out. */
class WeightFingerprintTest {
  /** Above 64 KiB, so that blocks are read. */
  private static final TensorSpec LARGE = new TensorSpec("b.large", DType.U8, 300, 700);

  private static final TensorSpec SMALL = new TensorSpec("a.small", DType.U8, 5, 3);
  private static final TensorSpec EMPTY = new TensorSpec("c.empty", DType.F32, 0);

  @TempDir private Path folder;

  private static Map<TensorSpec, byte[]> weights() {
    Map<TensorSpec, byte[]> all = new LinkedHashMap<>();
    SplittableRandom random = new SplittableRandom(3);
    for (TensorSpec spec : List.of(LARGE, SMALL, EMPTY)) {
      byte[] bytes = new byte[(int) spec.bytes()];
      random.nextBytes(bytes);
      all.put(spec, bytes);
    }
    return all;
  }

  private String fingerprint(String name, Map<TensorSpec, byte[]> all, long shard)
      throws IOException {
    Path out = Files.createDirectories(folder.resolve(name));
    List<TensorSpec> specs = List.copyOf(all.keySet());
    try (WeightFolderWriter writer = WeightFolderWriter.create(out, "model", specs, shard)) {
      all.forEach((spec, bytes) -> writer.write(spec.name(), ByteBuffer.wrap(bytes)));
      writer.finish();
    }
    try (WeightFolder weights = WeightFolder.open(out)) {
      return WeightFingerprint.of(weights);
    }
  }

  @Test
  void itIsWhatItsJavadocSays() throws Exception {
    Map<TensorSpec, byte[]> all = weights();
    ByteArrayOutputStream expected = new ByteArrayOutputStream();
    expected.writeBytes("a.small U8 [5, 3]\n".getBytes(StandardCharsets.UTF_8));
    expected.writeBytes(all.get(SMALL));
    expected.writeBytes("b.large U8 [300, 700]\n".getBytes(StandardCharsets.UTF_8));
    for (int i = 0; i < 16; i++) {
      int at = (int) Math.floor(i * (300 * 700 - 4096) / 15.0);
      expected.writeBytes(Arrays.copyOfRange(all.get(LARGE), at, at + 4096));
    }
    expected.writeBytes("c.empty F32 [0]\n".getBytes(StandardCharsets.UTF_8));
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(expected.toByteArray());
    assertThat(fingerprint("one", all, Long.MAX_VALUE)).isEqualTo(HexFormat.of().formatHex(digest));
  }

  @Test
  void shardsAndTheOrderOfTensorsPlayNoPart() throws IOException {
    Map<TensorSpec, byte[]> all = weights();
    Map<TensorSpec, byte[]> turned = new LinkedHashMap<>();
    for (TensorSpec spec : List.of(EMPTY, SMALL, LARGE)) {
      turned.put(spec, all.get(spec));
    }
    String one = fingerprint("one", all, Long.MAX_VALUE);
    assertThat(fingerprint("shards", all, 10)).isEqualTo(one);
    assertThat(folder.resolve("shards/model-00002-of-00003.safetensors")).exists();
    assertThat(fingerprint("turned", turned, Long.MAX_VALUE)).isEqualTo(one);
  }

  @Test
  void namesTypesShapesAndValuesPlayTheirs() throws IOException {
    Map<TensorSpec, byte[]> all = weights();
    String one = fingerprint("one", all, Long.MAX_VALUE);
    List<TensorSpec> others =
        List.of(
            new TensorSpec("a.other", DType.U8, 5, 3),
            new TensorSpec("a.small", DType.I8, 5, 3),
            new TensorSpec("a.small", DType.U8, 3, 5));
    for (TensorSpec other : others) {
      Map<TensorSpec, byte[]> changed = new LinkedHashMap<>(all);
      changed.put(other, changed.remove(SMALL));
      assertThat(fingerprint("changed", changed, Long.MAX_VALUE)).isNotEqualTo(one);
    }
    for (int at : new int[] {0, 300 * 700 - 1}) {
      Map<TensorSpec, byte[]> changed = weights();
      changed.get(LARGE)[at] ^= 1;
      assertThat(fingerprint("changed", changed, Long.MAX_VALUE)).isNotEqualTo(one);
    }
  }
}
