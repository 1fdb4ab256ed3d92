package org.plumbline.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricFilesTest {
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-09-21T14:13:20.250Z"), ZoneOffset.UTC);

  @TempDir Path stage;

  private MetricFiles open() {
    return new MetricFiles(stage, CLOCK);
  }

  private static Map<String, Double> values(double loss, double kl) {
    Map<String, Double> row = new LinkedHashMap<>();
    row.put("loss", loss);
    row.put("kl", kl);
    return row;
  }

  private String metrics() throws IOException {
    return Files.readString(stage.resolve("metrics.jsonl"));
  }

  private List<Path> eventFiles() throws IOException {
    try (Stream<Path> entries = Files.list(stage)) {
      return entries
          .filter(p -> p.getFileName().toString().startsWith("events.out.tfevents."))
          .sorted()
          .toList();
    }
  }

  @Test
  void rowsAreBytesThatEqualRunsShare() throws Exception {
    try (MetricFiles files = open()) {
      files.row(1, values(0.1 + 0.2, 2e-3));
      files.row(2, values(1, 2e23));
      Map<String, Double> unordered = new HashMap<>();
      List.of("z", "b", "a", "kl/mean").forEach(name -> unordered.put(name, 1.5));
      files.row(2, unordered);
      files.timing(2, Map.of("seconds", 0.25));
      files.flush();
    }
    assertThat(metrics())
        .isEqualTo(
            """
            {"step":1,"loss":0.30000000000000004,"kl":0.002}
            {"step":2,"loss":1.0,"kl":2.0E23}
            {"step":2,"a":1.5,"b":1.5,"kl/mean":1.5,"z":1.5}
            """);
    assertThat(stage.resolve("timings.jsonl")).hasContent("{\"step\":2,\"seconds\":0.25}");
  }

  @Test
  void eventFilesHoldWhatTensorBoardReads() throws Exception {
    try (MetricFiles files = open()) {
      files.row(1, values(0.5, 0));
      files.timing(1, Map.of("seconds", 2.0));
      files.row(300, values(0.25, 1));
    }
    assertThat(eventFiles()).hasSize(1);
    assertThat(eventFiles().get(0).getFileName().toString())
        .matches("events\\.out\\.tfevents\\.1790000000\\..+\\.\\d+");
    assertThat(EventFileReader.read(eventFiles().get(0)))
        .containsExactly(
            "0 version=brain.Event:2",
            "1 loss=0.5 kl=0.0",
            "1 timing/seconds=2.0",
            "300 loss=0.25 kl=1.0");
  }

  @Test
  void theChecksumIsThatOfTheFormat() {
    // CRC-32C of "123456789" is 0xe3069283 (RFC 3720, B.4); masked as TensorFlow's crc32c.h does
    int rotated = Integer.rotateRight(0xe3069283, 15);
    assertThat(TensorBoardFile.maskedCrc("123456789".getBytes(), 9))
        .isEqualTo(rotated + 0xa282ead8);
  }

  @Test
  void rewindingForgetsLaterRowsAndStartsANewEventFile() throws Exception {
    try (MetricFiles files = open()) {
      for (int step = 1; step <= 5; step++) {
        files.row(step, values(step, 0));
        files.timing(step, Map.of("seconds", 1.0));
      }
    }
    Files.writeString(
        stage.resolve("metrics.jsonl"), metrics() + "{\"step\":6,\"lo"); // killed in mid-write
    try (MetricFiles files = open()) {
      files.rewindTo(3);
      assertThat(metrics()).hasLineCount(3).endsWith("{\"step\":3,\"loss\":3.0,\"kl\":0.0}\n");
      files.row(4, values(40, 0));
    }
    assertThat(metrics()).hasLineCount(4).endsWith("{\"step\":4,\"loss\":40.0,\"kl\":0.0}\n");
    assertThat(stage.resolve("timings.jsonl")).content().hasLineCount(3);
    assertThat(eventFiles()).hasSize(2);
    assertThat(EventFileReader.read(eventFiles().get(1)))
        .containsExactly("0 version=brain.Event:2", "4 session=1", "4 loss=40.0 kl=0.0");

    try (MetricFiles files = open()) {
      files.rewindTo(0);
    }
    assertThat(stage.resolve("metrics.jsonl")).isEmptyFile();
  }

  @Test
  void anInterruptedRunEndsWithTheBytesOfAnUnbrokenOne() throws Exception {
    Path whole = Files.createDirectory(stage.resolve("whole"));
    try (MetricFiles files = new MetricFiles(whole, CLOCK)) {
      for (int step = 1; step <= 20; step++) {
        files.row(step, values(1.0 / step, step * 1e-7));
      }
    }
    byte[] expected = Files.readAllBytes(whole.resolve("metrics.jsonl"));
    for (int cut = 0; cut <= expected.length; cut += 13) {
      Path broken = Files.createDirectory(stage.resolve("broken" + cut));
      Files.write(broken.resolve("metrics.jsonl"), java.util.Arrays.copyOf(expected, cut));
      try (MetricFiles files = new MetricFiles(broken, CLOCK)) {
        long checkpoint = Math.min(5, wholeRows(expected, cut));
        files.rewindTo(checkpoint);
        for (long step = checkpoint + 1; step <= 20; step++) {
          files.row(step, values(1.0 / step, step * 1e-7));
        }
      }
      assertThat(broken.resolve("metrics.jsonl")).hasBinaryContent(expected);
    }
  }

  private static int wholeRows(byte[] bytes, int cut) {
    int rows = 0;
    for (int i = 0; i < cut; i++) {
      rows += bytes[i] == '\n' ? 1 : 0;
    }
    return rows;
  }

  @Test
  void whatCannotBeARowIsRefused() throws Exception {
    try (MetricFiles files = open()) {
      files.row(3, values(1, 1));
      assertThatThrownBy(() -> files.row(4, values(Double.NaN, 1)))
          .isInstanceOf(UserException.class)
          .hasMessage(
              "metric loss is NaN at step 4. The run cannot go on from here; the last checkpoint is good. Likely a learning rate too high, or a broken input row.");
      assertThatThrownBy(() -> files.timing(4, Map.of("x", Double.NEGATIVE_INFINITY)))
          .hasMessageStartingWith("metric x is -Infinity at step 4.");
      assertThatThrownBy(() -> files.row(4, Map.of("step", 1.0)))
          .hasMessage("a metric must not be called \"step\"");
      assertThatThrownBy(() -> files.row(2, values(1, 1)))
          .hasMessage("metrics.jsonl: step=2 after step 3; call rewindTo first");
    }
    try (MetricFiles files = open()) {
      assertThatThrownBy(() -> files.row(2, values(1, 1)))
          .hasMessage("metrics.jsonl: step=2 after step 3; call rewindTo first");
    }
    assertThat(metrics()).hasLineCount(1);
  }

  @Test
  void aRowThatWasChangedByHandIsNamed() throws Exception {
    for (String damage : List.of("oops", "{\"loss\":1}", "{\"step\":\"1\"}")) {
      Files.writeString(stage.resolve("metrics.jsonl"), "{\"step\":1}\n" + damage + "\n");
      try (MetricFiles files = open()) {
        assertThatThrownBy(() -> files.rewindTo(5))
            .isInstanceOf(UserException.class)
            .hasMessageContaining(
                "metrics.jsonl line 2 is no metrics row. Was the file changed by hand?");
      }
    }
  }

  @Test
  void aMissingDirectoryIsAnError() {
    try (MetricFiles files = new MetricFiles(stage.resolve("none"), CLOCK)) {
      assertThatThrownBy(() -> files.row(1, values(1, 1))).isInstanceOf(UncheckedIOException.class);
      files.flush();
      files.rewindTo(0);
    }
  }
}
