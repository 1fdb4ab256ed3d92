package org.plumbline.data.format;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Small files for tests. */
final class Lines {
  private Lines() {}

  static Path write(Path directory, String name, String... lines) throws IOException {
    return Files.writeString(
        directory.resolve(name), String.join("\n", lines) + "\n", StandardCharsets.UTF_8);
  }
}
