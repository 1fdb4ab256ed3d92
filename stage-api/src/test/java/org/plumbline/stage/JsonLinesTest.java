package org.plumbline.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.stage.BreakingOps.Fault;

class JsonLinesTest {
  @TempDir Path folder;

  private Path file(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private void refused(Path file, String message) {
    assertThatThrownBy(() -> JsonLines.readAll(file))
        .isInstanceOf(UserException.class)
        .hasMessageContaining(file.getFileName() + " " + message);
  }

  @Test
  void rowsKnowTheirLine() throws Exception {
    List<JsonRow> rows =
        JsonLines.readAll(file("a.jsonl", "\uFEFF{\"a\": 1}\n\n  \r\n{\"a\":\"ü\"}"));
    assertThat(rows).extracting(JsonRow::line).containsExactly(1L, 4L);
    assertThat(rows.get(1).text("a")).isEqualTo("ü");
    assertThat(rows.get(1).where()).endsWith("a.jsonl line 4");
    assertThat(JsonLines.readAll(file("b.jsonl", ""))).isEmpty();
  }

  @Test
  void longLinesCrossBlocks() throws Exception {
    String text = "x".repeat(200_000);
    Path file = folder.resolve("a.jsonl");
    JsonLines.write(
        file,
        out -> {
          for (int i = 0; i < 3; i++) {
            out.write(Map.of("t", text + i));
          }
        });
    assertThat(JsonLines.readAll(file))
        .extracting(r -> r.text("t"))
        .containsExactly(text + 0, text + 1, text + 2);
  }

  @Test
  void gzipIsKnownByItsBytesAndWrittenByName() throws Exception {
    Path file = folder.resolve("a.jsonl.gz");
    JsonLines.write(file, out -> out.write(Map.of("a", 1)));
    byte[] first = Files.readAllBytes(file);
    JsonLines.write(file, out -> out.write(Map.of("a", 1)));
    assertThat(Files.readAllBytes(file)).isEqualTo(first).startsWith(0x1f, 0x8b);
    Path renamed = Files.copy(file, folder.resolve("b.jsonl"));
    assertThat(JsonLines.readAll(renamed)).hasSize(1);
  }

  @Test
  void brokenRowsNameFileAndLine() throws Exception {
    refused(
        file("a.jsonl", "{\"a\":1}\n{\"a\": \"b"),
        "line 2: is not valid JSON: the line ends inside the value. Truncated file?");
    refused(
        file("a.jsonl", "{\"a\":1\n}\n"),
        "line 1: is not valid JSON: the line ends inside the value. Is one row spread over several lines?");
    refused(file("a.jsonl", "{\"a\":1}\n{a:1}\n"), "line 2: is not valid JSON at column 2: ");
    refused(file("a.jsonl", "{\"a\":1,\"a\":2}\n"), "line 1: is not valid JSON at column ");
    refused(file("a.jsonl", "{\"a\":1} {\"a\":2}\n"), "line 1: is not valid JSON at column ");
    refused(file("a.jsonl", "{\"a\":NaN}\n"), "line 1: is not valid JSON at column ");
    refused(
        file("a.jsonl", "{}\n" + "[".repeat(300) + "\n"), "line 2: is not valid JSON at column ");
    refused(
        file("a.jsonl", "{}\n{\"a\":\"\\ud800\"}\n"),
        "line 2: \"a\" holds half of a surrogate pair (\\ud800 to \\udfff), which is no character");
    refused(file("a.jsonl", "{\"\\ud800\":1}\n"), "line 1: is not valid JSON at column ");
    Path latin =
        Files.write(
            folder.resolve("l.jsonl"), "{}\n{\"a\":\"é\"}".getBytes(StandardCharsets.ISO_8859_1));
    refused(latin, "line 2: is not UTF-8 text; save the file as UTF-8");
    assertThatThrownBy(() -> JsonLines.readAll(file("a.json", "[{\"a\":1},\n{\"a\":1}]")))
        .hasMessageContaining("a.json line 1: is not valid JSON");
    assertThatThrownBy(() -> JsonLines.readAll(file("a.json", "[{\"a\":1}}\n")))
        .hasMessageContaining("A JSON array? One object per line is needed");
    assertThat(JsonLines.readAll(file("ok.jsonl", "{\"a\":\"\\ud83d\\ude00\"}"))).hasSize(1);
  }

  @Test
  void brokenFilesAreNamed() throws Exception {
    assertThatThrownBy(() -> JsonLines.readAll(folder.resolve("none.jsonl")))
        .hasMessageContaining("none.jsonl does not exist");
    assertThatThrownBy(() -> JsonLines.readAll(folder))
        .hasMessageContaining("is a directory; a .jsonl file is needed");
    Path whole = folder.resolve("w.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(whole))) {
      for (int i = 0; i < 2000; i++) {
        out.write(
            ("{\"a\":" + Long.toHexString(RandomStreams.address(1, "x", i)).hashCode() + "}\n")
                .getBytes(StandardCharsets.UTF_8));
      }
    }
    byte[] bytes = Files.readAllBytes(whole);
    Path cut =
        Files.write(folder.resolve("cut.gz"), java.util.Arrays.copyOf(bytes, bytes.length / 2));
    assertThatThrownBy(() -> JsonLines.readAll(cut))
        .hasMessageMatching(
            "(?s).*cut.gz line \\d+: the gzip data end or break here. Truncated file\\?");
    Path head = Files.write(folder.resolve("head.gz"), java.util.Arrays.copyOf(bytes, 5));
    assertThatThrownBy(() -> JsonLines.readAll(head))
        .hasMessageContaining("head.gz is a damaged gzip file");
  }

  @Test
  void fieldsOfARowAreAskedForByName() throws Exception {
    JsonRow row = JsonLines.readAll(file("a.jsonl", "{\"a\":1,\"b\":null}\n")).get(0);
    assertThat(row.optionalText("b")).isEmpty();
    assertThat(row.optionalText("c")).isEmpty();
    assertThatThrownBy(() -> row.text("prompt"))
        .hasMessageEndingWith(
            "a.jsonl line 1: key \"prompt\" is missing; the row has the keys a, b");
    assertThatThrownBy(() -> row.text("a"))
        .hasMessageEndingWith("a.jsonl line 1: key \"a\" must be text, found the number 1");
    JsonRow list = JsonLines.readAll(file("b.jsonl", "[1]\n")).get(0);
    assertThatThrownBy(list::object)
        .hasMessageEndingWith("b.jsonl line 1: a row must be an object {…}, found a list");
    assertThatThrownBy(() -> JsonLines.readAll(file("c.jsonl", "{}")).get(0).text("x"))
        .hasMessageEndingWith("the row has no keys");
  }

  @Test
  void writtenBytesAreTheSameEverywhere() throws Exception {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("z", 2e-3);
    row.put("a", 2e23);
    row.put("n", 1.0);
    row.put("i", 3);
    row.put("t", "ü\u2028\"");
    Path file = folder.resolve("a.jsonl");
    JsonLines.write(file, out -> out.write(row));
    assertThat(Files.readString(file))
        .isEqualTo("{\"z\":0.002,\"a\":2.0E23,\"n\":1.0,\"i\":3,\"t\":\"ü\u2028\\\"\"}\n");
    assertThatThrownBy(() -> JsonLines.write(file, out -> out.write(Map.of("a", Double.NaN))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("JSON has no NaN");
    assertThatThrownBy(() -> JsonLines.write(file, out -> out.write(Map.of("a", "\ud800"))))
        .isInstanceOf(IOException.class);
    assertThat(Files.readString(file)).startsWith("{\"z\"");
  }

  @Test
  void aFullDiskLeavesTheOldFile() throws Exception {
    Path file = file("a.jsonl", "{\"old\":1}\n");
    for (int at = 1; at <= 7; at++) {
      BreakingOps ops = new BreakingOps(at, Fault.DISK_FULL);
      try {
        JsonLines.write(new AtomicFiles(ops), file, out -> out.write(Map.of("new", 1)));
      } catch (UserException e) {
        assertThat(e).hasMessageContaining("no space left");
      }
      assertThat(JsonLines.readAll(file)).hasSize(1);
    }
  }

  @Test
  void appendingCutsAnIncompleteLastLine() throws Exception {
    Path file = file("a.jsonl", "{\"a\":1}\n{\"a\":2}\n{\"a\":");
    try (JsonLineAppender out = JsonLines.append(file)) {
      out.write(Map.of("a", 3));
      out.flush();
    }
    assertThat(Files.readString(file)).isEqualTo("{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n");
    Path cut = file("b.jsonl", "x".repeat(40_000));
    JsonLines.append(cut).close();
    assertThat(cut).isEmptyFile();
    Path late = file("c.jsonl", "{}\n" + "x".repeat(40_000));
    JsonLines.append(late).close();
    assertThat(late).hasContent("{}");
    assertThatThrownBy(() -> JsonLines.append(folder.resolve("a.jsonl.gz")))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("rows cannot be appended to a .gz file");
  }

  @Test
  void jsonFilesAreReadStrictly() throws Exception {
    assertThatThrownBy(() -> Json.read(folder.resolve("none.json")))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("none.json does not exist");
    assertThatThrownBy(() -> Json.read(file("e.json", ""))).hasMessageContaining("e.json");
    assertThatThrownBy(() -> Json.read(file("a.json", "{\n\"a\": }")))
        .hasMessageContaining("a.json line 2 is not valid JSON");
    Path latin = Files.write(folder.resolve("l.json"), new byte[] {'"', (byte) 0xe9, '"'});
    assertThatThrownBy(() -> Json.read(latin)).hasMessageContaining("is not UTF-8 text");
    assertThat(Json.read(file("b.json", "{\"a\": 1}")).path("a").asInt()).isEqualTo(1);
    assertThat(Json.pretty(Map.of("a", List.of(1)))).isEqualTo("{\n  \"a\": [\n    1\n  ]\n}\n");
  }
}
