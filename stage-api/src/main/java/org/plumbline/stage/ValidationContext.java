package org.plumbline.stage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Optional;

/** What a stage may look at before the run starts. */
public interface ValidationContext {
  /** True if the value names a stage that stands earlier in the recipe. */
  boolean isEarlierStage(String value);

  /** The kind of the earlier stage that the value names, if it names one. */
  Optional<String> kindOf(String value);

  /** The path that a value means when it names no earlier stage. */
  Path path(String value);

  /**
   * Reads what an input holds ahead of the run, so that a malformed row stops it before the first
   * stage starts; does nothing when the value names an earlier stage, whose rows do not exist yet.
   */
  default void readAhead(String value, Reading reading) {
    if (!isEarlierStage(value)) {
      try {
        reading.read(path(value));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** Reads a file or folder to its end and refuses what the stage cannot work with. */
  @FunctionalInterface
  interface Reading {
    void read(Path path) throws IOException;
  }
}
