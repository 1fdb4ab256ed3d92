package org.plumbline.model.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.plumbline.model.ModelFormatException;

/**
 * A layout matched with the names in a folder.
 *
 * @param stored the name in the folder of each tensor that is there, in the order of the layout
 * @param missing those that are not
 * @param unused names in the folder that the model does not need
 */
public record Resolved(
    Map<TensorRef, String> stored, List<TensorRef> missing, List<String> unused) {
  /**
   * Itself, if nothing is missing.
   *
   * @throws ModelFormatException naming the first missing tensors
   */
  public Resolved requireAll(Path folder) {
    if (missing.isEmpty()) {
      return this;
    }
    String names =
        String.join(", ", missing.stream().limit(5).map(TensorRef::name).toList())
            + (missing.size() > 5 ? ", …" : "");
    throw new ModelFormatException(
        "%s: %d tensors that config.json asks for are not in the weights: %s. "
                .formatted(folder, missing.size(), names)
            + "Another model's config.json, or a language model where a classifier is needed?");
  }
}
