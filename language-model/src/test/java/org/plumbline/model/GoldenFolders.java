package org.plumbline.model;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The golden model folders under the property {@code plumbline.goldens}, found by listing. */
public final class GoldenFolders {
  private GoldenFolders() {}

  /** All folders in {@code architectures}; skips the test, saying so, where there are none. */
  public static List<Path> architectures() {
    try (Stream<Path> folders = Files.list(folder("architectures"))) {
      return folders.filter(Files::isDirectory).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One folder of the goldens; skips the test, saying so, where there is none. */
  public static Path folder(String name) {
    Path folder = Path.of(System.getProperty("plumbline.goldens", "absent"), name);
    assumeTrue(Files.isDirectory(folder), () -> "no goldens at " + folder.toAbsolutePath());
    return folder;
  }
}
