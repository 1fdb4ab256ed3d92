package org.plumbline.stage;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;

/**
 * What stands in {@code manifest.json}, written last: a directory with a manifest is finished.
 *
 * @param kind stage kind, such as {@code sft}
 * @param name stage name within the run
 * @param config the stage's recipe slice, defaults filled in, as JSON
 * @param configHash SHA-256 over the config without paths and ports of one machine
 * @param inputs per input key the value given and the SHA-256 of its content
 * @param seed the run's seed
 * @param versions Plumbline, JDK, engine, sample-world version …; recorded, not hashed
 * @param summary the stage's own figures
 * @param warnings warnings raised while it ran
 * @param files SHA-256 of every artifact file, by path relative to the directory
 * @param forced true if changes were overridden with {@code --force}
 */
public record Manifest(
    String kind,
    String name,
    JsonNode config,
    String configHash,
    Map<String, Input> inputs,
    long seed,
    Map<String, String> versions,
    Map<String, Object> summary,
    List<String> warnings,
    Map<String, String> files,
    boolean forced) {
  /**
   * One input of a stage.
   *
   * @param value the config value
   * @param hash SHA-256 of the content: an artifact's file hashes, or a file's bytes
   */
  public record Input(String value, String hash) {}
}
