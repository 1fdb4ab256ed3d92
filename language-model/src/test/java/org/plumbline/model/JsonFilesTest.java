package org.plumbline.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonFilesTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "[1] | holds ARRAY, a JSON object is needed",
        "{\"a\":1,\"a\":2} | is not valid JSON: Duplicate",
        "{\"a\":1} x | is not valid JSON",
        "{\"a\": | is not valid JSON",
      })
  void refusesWhatIsNoObject(String text, String message) throws IOException {
    Path file = Files.writeString(folder.resolve("config.json"), text);
    assertThatThrownBy(() -> JsonFiles.read(file))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageContaining("config.json " + message);
  }

  @Test
  void readsBackWhatItWroteAndLeavesNothingElse() throws IOException {
    Path file = folder.resolve("new/config.json");
    JsonFiles.write(file, JsonFiles.object().put("name", "Größe").put("size", 2));
    JsonFiles.write(file, JsonFiles.object().put("name", "Größe").put("size", 3));
    assertThat(Files.readString(file)).isEqualTo("{\n  \"name\": \"Größe\",\n  \"size\": 3\n}\n");
    assertThat(JsonFiles.read(file).path("size").asInt()).isEqualTo(3);
    try (Stream<Path> entries = Files.list(file.getParent())) {
      assertThat(entries).containsExactly(file);
    }
  }

  @Test
  void saysWhichFileCannotBeWritten() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "x").resolve("config.json");
    assertThatThrownBy(() -> JsonFiles.write(file, JsonFiles.object()))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("config.json cannot be written");
  }
}
