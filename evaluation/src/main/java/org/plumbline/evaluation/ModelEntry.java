package org.plumbline.evaluation;

import java.util.Optional;

/**
 * A model to measure.
 *
 * @param model artifact or folder; a PEFT folder brings its base along
 * @param name under which it is reported; by default the artifact's, or the folder's last part
 * @param adapter PEFT folder to put on {@code model}
 */
public record ModelEntry(String model, Optional<String> name, Optional<String> adapter) {
  /** An artifact under its own name. */
  public static ModelEntry of(String model) {
    return new ModelEntry(model, Optional.empty(), Optional.empty());
  }

  /** The name in reports. */
  public String label() {
    return name.orElseGet(() -> model.replaceAll("[/\\\\]+$", "").replaceAll("^.*[/\\\\]", ""));
  }
}
