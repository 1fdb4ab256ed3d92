package org.plumbline.pipeline;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.plumbline.model.ModelFormatException;
import org.plumbline.model.architecture.BaseOrigin;
import org.plumbline.model.architecture.ModelBundle;
import org.plumbline.model.config.Head;
import org.plumbline.model.config.TransformerConfig;
import org.plumbline.model.safetensors.WeightFolder;
import org.plumbline.stage.JsonLines;
import org.plumbline.stage.UserException;

/**
 * Looks into files and model folders that a recipe names, so that one that cannot be read stops a
 * run before it starts, not hours later. What their content means is the stages' affair.
 */
final class InputCheck {
  private InputCheck() {}

  /**
   * What is wrong with an existing file or folder, naming file and line; empty if nothing is.
   *
   * @param key under which the stage names it
   * @param badRows whether the stage passes over malformed rows
   */
  static Optional<String> fault(String key, Path path, boolean badRows) {
    try {
      if (Files.isRegularFile(path) && path.toString().matches(".*\\.jsonl(\\.gz)?")) {
        if (!badRows) {
          rows(path);
        }
      } else if (!isText(key)
          && (ModelBundle.isAdapter(path) || Files.exists(path.resolve("config.json")))) {
        Path base = ModelBundle.baseOf(path);
        TransformerConfig config = model(base);
        if (ModelBundle.isAdapter(path)) {
          BaseOrigin.read(base).require(path);
        }
        boolean reward = key.equals("reward") || key.startsWith("rewards.");
        if (reward
            && config.head() != Head.SEQUENCE_CLASSIFICATION
            && !ModelBundle.isAdapter(path)) {
          throw new ModelFormatException(
              "%s has no score head; a reward model (*ForSequenceClassification) is needed"
                  .formatted(path));
        }
      }
      return Optional.empty();
    } catch (UserException | ModelFormatException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    } catch (IOException e) {
      throw new UncheckedIOException("reading " + path, e);
    }
  }

  /** Keys of texts: a folder of documents may hold a config.json of any kind. */
  private static boolean isText(String key) {
    return key.endsWith("data") || key.endsWith(".path") || key.startsWith("held_out.");
  }

  private static void rows(Path file) throws IOException {
    AtomicLong count = new AtomicLong();
    JsonLines.forEach(file, row -> count.addAndGet(row.object().isEmpty() ? 0 : 1));
    if (count.get() == 0) {
      throw new UserException(file + " holds no rows; one JSON object per line is needed");
    }
  }

  private static TransformerConfig model(Path folder) {
    TransformerConfig config = TransformerConfig.read(folder);
    try (WeightFolder weights = WeightFolder.open(folder)) {
      if (weights.names().isEmpty()) {
        throw new ModelFormatException(
            "%s: no weights in it; those of a %s are needed".formatted(folder, config.modelType()));
      }
    }
    return config;
  }
}
