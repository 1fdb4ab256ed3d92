package org.plumbline.feedback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.stage.UserException;

class JournalTest {
  @TempDir Path directory;

  private static JsonNode row(int i) {
    return JsonNodeFactory.instance.objectNode().put("row", i).put("text", "a\nb ü " + i);
  }

  private static List<Integer> rows(Path file) {
    List<Integer> found = new ArrayList<>();
    Journal.open(file, row -> found.add(row.path("row").asInt())).close();
    return found;
  }

  @Test
  void cutAtEveryByteKeepsTheWholeRowsAndGoesOn() throws IOException {
    Path whole = directory.resolve("whole.jsonl");
    try (Journal journal = Journal.open(whole, row -> {})) {
      for (int i = 0; i < 5; i++) {
        journal.append(row(i));
      }
    }
    byte[] bytes = Files.readAllBytes(whole);
    for (int length = 0; length <= bytes.length; length++) {
      Path cut = directory.resolve("cut.jsonl");
      Files.write(cut, Arrays.copyOf(bytes, length));
      int expected = (int) Arrays.stream(rowEnds(bytes)).filter(atMost(length)).count();

      assertThat(rows(cut)).hasSize(expected);
      try (Journal journal = Journal.open(cut, row -> {})) {
        journal.append(row(99));
      }
      assertThat(rows(cut)).hasSize(expected + 1).endsWith(99);
    }
  }

  private static java.util.function.IntPredicate atMost(int length) {
    return end -> end <= length;
  }

  private static int[] rowEnds(byte[] bytes) {
    return java.util.stream.IntStream.range(0, bytes.length)
        .filter(i -> bytes[i] == '\n')
        .map(i -> i + 1)
        .toArray();
  }

  @Test
  void manyThreadsLoseNothing() throws Exception {
    Path file = directory.resolve("threads.jsonl");
    try (Journal journal = Journal.open(file, row -> {})) {
      ExecutorService pool = Executors.newFixedThreadPool(8);
      for (int i = 0; i < 200; i++) {
        JsonNode row = row(i);
        pool.execute(() -> journal.append(row));
      }
      pool.shutdown();
      assertThat(pool.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
    }
    assertThat(rows(file)).hasSize(200).doesNotHaveDuplicates();
  }

  @Test
  void damageInTheMiddleIsNamed() throws IOException {
    Path file = directory.resolve("damaged.jsonl");
    Files.writeString(file, "{\"row\":1}\n{\"row\":\n{\"row\":3}\n");

    assertThatThrownBy(() -> rows(file))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("damaged.jsonl, line 2 is not a JSON object")
        .hasMessageContaining("Delete that line");
  }

  @Test
  void secondWriterIsRefused() {
    Path file = directory.resolve("shared.jsonl");
    Journal first = Journal.open(file, row -> {});
    assertThatThrownBy(() -> Journal.open(file, row -> {}))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("shared.jsonl is in use by another run");
    first.close();
    assertThat(rows(file)).isEmpty();
  }

  @Test
  @Tag("e2e")
  void acknowledgedRowsSurviveKill() throws Exception {
    Path file = directory.resolve("killed.jsonl");
    for (int kill = 1; kill <= 3; kill++) {
      Process writer =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-cp",
                  System.getProperty("java.class.path"),
                  JournalWriter.class.getName(),
                  file.toString())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      List<Integer> acknowledged = new ArrayList<>();
      try (BufferedReader out =
          new BufferedReader(
              new java.io.InputStreamReader(writer.getInputStream(), StandardCharsets.UTF_8))) {
        for (int i = 0; i < 40 * kill; i++) {
          acknowledged.add(Integer.parseInt(out.readLine()));
        }
        writer.destroyForcibly().waitFor();
      }
      assertThat(rows(file)).containsAll(acknowledged).doesNotHaveDuplicates();
    }
  }

  /** Appends rows without end, and says so after each. */
  static final class JournalWriter {
    private JournalWriter() {}

    public static void main(String[] args) {
      int[] next = {0};
      Journal journal = Journal.open(Path.of(args[0]), row -> next[0]++);
      for (int i = next[0]; ; i++) {
        journal.append(row(i));
        System.out.println(i);
      }
    }
  }
}
