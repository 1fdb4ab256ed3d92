package org.plumbline.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.ZstdOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InputFileTest {
  @TempDir Path folder;

  @Test
  void zstdIsKnownByItsBytes() throws IOException {
    Path file = folder.resolve("rows.jsonl");
    try (OutputStream out = new ZstdOutputStream(Files.newOutputStream(file))) {
      out.write("{\"a\":1}\n{\"a\":2}\n".getBytes(StandardCharsets.UTF_8));
    }
    assertThat(JsonLines.readAll(file)).extracting(JsonRow::line).containsExactly(1L, 2L);
    byte[] bytes = Files.readAllBytes(file);
    Path cut = Files.write(folder.resolve("cut.zst"), Arrays.copyOf(bytes, bytes.length - 4));
    assertThatThrownBy(() -> JsonLines.readAll(cut))
        .isInstanceOf(DamagedFileException.class)
        .hasMessageContaining("the zstd data end or break here. Truncated file?");
  }

  @Test
  void bombsAreRefusedEarly() throws IOException {
    Path gzip = folder.resolve("bomb.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(gzip))) {
      spaces(out, 64 << 20);
    }
    Path zstd = folder.resolve("bomb.zst");
    try (OutputStream out = new ZstdOutputStream(Files.newOutputStream(zstd))) {
      spaces(out, 256 << 20);
    }
    for (Path bomb : new Path[] {gzip, zstd}) {
      assertThatThrownBy(() -> JsonLines.readAll(bomb))
          .isInstanceOf(DamagedFileException.class)
          .hasMessageContaining(bomb + " line 1: ")
          .hasMessageContaining("refused as a compression bomb");
    }
  }

  private static void spaces(OutputStream out, int count) throws IOException {
    byte[] block = new byte[1 << 20];
    Arrays.fill(block, (byte) ' ');
    for (int written = 0; written < count; written += block.length) {
      out.write(block);
    }
  }

  @Test
  void theAbsoluteLimitHoldsToo() throws IOException {
    Path file = folder.resolve("a.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      spaces(out, 1 << 20);
    }
    ExpansionLimit limit = new ExpansionLimit(1L << 30, 1000, 1000);
    assertThatThrownBy(
            () -> {
              try (var in = InputFile.open(file, limit)) {
                in.readAllBytes();
              }
            })
        .isInstanceOf(DamagedDataException.class);
  }

  @Test
  void anOverlongLineIsOneBadRowAndReadingGoesOn() throws IOException {
    Path file = folder.resolve("long.jsonl");
    try (OutputStream out = Files.newOutputStream(file)) {
      out.write('"');
      byte[] block = new byte[1 << 20];
      Arrays.fill(block, (byte) 'x');
      for (int i = 0; i < 100; i++) {
        out.write(block);
      }
      out.write("\"\n{\"a\":1}\n".getBytes(StandardCharsets.UTF_8));
    }
    try (JsonLineReader reader = JsonLineReader.open(file)) {
      assertThatThrownBy(reader::next)
          .hasMessageEndingWith(
              "long.jsonl line 1: is 104857602 bytes long; at most 33554432 are taken. Line breaks lost?");
      assertThat(reader.lineText()).hasSizeLessThan(2000);
      assertThat(reader.next()).extracting(JsonRow::line).isEqualTo(2L);
    }
  }

  @Test
  void halfASurrogatePairIsNamedWithItsFieldAndNulIsTaken() throws IOException {
    Path half = Files.writeString(folder.resolve("n.jsonl"), "{\"a\":[{\"b\":\"x\\ud800\"}]}\n");
    assertThatThrownBy(() -> JsonLines.readAll(half))
        .hasMessageContaining("n.jsonl line 1: \"a[0].b\" holds half of a surrogate pair");
    // Replies of a model, in files of our own, can hold it.
    Path nul = Files.writeString(folder.resolve("m.jsonl"), "{\"a\":\"x\\u0000\"}\n");
    assertThat(JsonLines.readAll(nul).get(0).value().path("a").asText()).isEqualTo("x\0");
  }
}
