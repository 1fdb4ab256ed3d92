package org.plumbline.pipeline.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.plumbline.stage.UserException;

/**
 * What {@code --adapter} says: a folder for all rows, or NAME=DIR, once or more, for rows to choose
 * from. What exists as a folder with its whole text is a folder, whatever is in its name.
 */
final class AdapterFlags {
  private AdapterFlags() {}

  /** The folder for all rows, if there is one; of a command that takes no names. */
  static Optional<Path> one(List<String> written) {
    if (written.size() > 1) {
      throw new UserException(
          "--adapter is given %d times; needed: once at most. In score and generate several can be given by name, as NAME=DIR."
              .formatted(written.size()));
    }
    if (!written.isEmpty() && isNamed(written.get(0))) {
      throw new UserException(
          "--adapter %s is no folder; needed: --adapter DIR. A name before it, NAME=DIR, is for score and generate; a weight behind it, DIR=WEIGHT, for merge."
              .formatted(written.get(0)));
    }
    return written.stream().map(Path::of).findFirst();
  }

  /** Folders by name; none where no adapter has a name. */
  static Map<String, Path> named(List<String> written) {
    Map<String, Path> folders = new LinkedHashMap<>();
    if (written.stream().noneMatch(AdapterFlags::isNamed)) {
      return folders;
    }
    for (String one : written) {
      if (!isNamed(one)) {
        throw new UserException(
            "--adapter %s has no name but others have; needed: one folder for all rows, or NAME=DIR for each"
                .formatted(one));
      }
      int equals = one.indexOf('=');
      String name = one.substring(0, equals);
      Path folder = Path.of(one.substring(equals + 1));
      if (!Files.isDirectory(folder)) {
        throw new UserException(
            "--adapter %s: %s is no folder; needed: NAME=DIR with a PEFT folder (adapter_config.json, adapter_model.safetensors). Weights, DIR=WEIGHT, are for merge."
                .formatted(one, folder));
      }
      if (folders.put(name, folder) != null) {
        throw new UserException("--adapter gives the name %s twice".formatted(name));
      }
    }
    return folders;
  }

  private static boolean isNamed(String written) {
    return written.indexOf('=') > 0 && !Files.isDirectory(Path.of(written));
  }
}
