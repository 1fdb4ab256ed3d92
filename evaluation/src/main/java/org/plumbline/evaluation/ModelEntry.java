package org.plumbline.evaluation;

import java.util.Optional;
import org.plumbline.stage.config.Default;

/**
 * A model to measure.
 *
 * @param model artifact or folder; a PEFT folder brings its base along
 * @param name under which it is reported; by default the artifact's, or the folder's last part
 * @param adapter PEFT folder to put on {@code model}
 * @param fourBit true to hold the base's linear layers in NF4, as {@code method: qlora} trained
 *     with them
 */
public record ModelEntry(
    String model,
    Optional<String> name,
    Optional<String> adapter,
    @Default("false") boolean fourBit) {
  /** An artifact under its own name. */
  public static ModelEntry of(String model) {
    return new ModelEntry(model, Optional.empty(), Optional.empty(), false);
  }

  /** The name in reports. */
  public String label() {
    return name.orElseGet(() -> model.replaceAll("[/\\\\]+$", "").replaceAll("^.*[/\\\\]", ""));
  }
}
