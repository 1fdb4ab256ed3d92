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
    Path root = Path.of(System.getProperty("plumbline.goldens", "absent"), "architectures");
    assumeTrue(Files.isDirectory(root), () -> "no goldens at " + root.toAbsolutePath());
    try (Stream<Path> folders = Files.list(root)) {
      return folders.filter(Files::isDirectory).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
