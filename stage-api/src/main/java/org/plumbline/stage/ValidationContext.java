package org.plumbline.stage;

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
}
