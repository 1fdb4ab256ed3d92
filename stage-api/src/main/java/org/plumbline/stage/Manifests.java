package org.plumbline.stage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;

/** Manifests on disk, and the hashes that stand in them. */
public final class Manifests {
  /** Name of the file whose presence says that a directory is finished. */
  public static final String FILE = "manifest.json";

  private static final Set<String> RECORDS =
      Set.of(FILE, ArtifactDirectory.STARTED, "metrics.jsonl", "timings.jsonl", "samples.jsonl");

  private Manifests() {}

  /** The manifest of a directory, empty when it is not finished. */
  public static Optional<Manifest> read(Path directory) throws IOException {
    return readFile(directory.resolve(FILE));
  }

  /** Writes the manifest, which makes the directory a finished one. */
  public static void write(Path directory, Manifest manifest) throws IOException {
    AtomicFiles.DISK.writeString(directory.resolve(FILE), Json.pretty(manifest));
  }

  static Optional<Manifest> readFile(Path file) throws IOException {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    Manifest manifest = Json.read(file, Manifest.class);
    for (RecordComponent component : Manifest.class.getRecordComponents()) {
      if (isNull(component, manifest)) {
        throw new UserException(
            "%s lacks the key \"%s\"; written by another version? Run the stage again with --fresh."
                .formatted(file, SnakeCaseStrategy.INSTANCE.translate(component.getName())));
      }
    }
    return Optional.of(manifest);
  }

  private static boolean isNull(RecordComponent component, Manifest manifest) {
    try {
      return component.getAccessor().invoke(manifest) == null;
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("cannot read " + component, e);
    }
  }

  /**
   * Hashes of the files that make up an artifact: all but hidden files, checkpoints, TensorBoard
   * files and the run's own records (manifest, metrics, timings, samples).
   */
  public static SortedMap<String, String> artifactFiles(Path directory) throws IOException {
    return Hashes.tree(
        directory,
        name ->
            !RECORDS.contains(name)
                && !name.startsWith(Checkpoints.FOLDER + "/")
                && !name.startsWith(TensorBoardFile.PREFIX));
  }

  /** Hash of a finished artifact: over the file hashes in its manifest, names included. */
  public static String artifactHash(Manifest manifest) {
    return Hashes.combined(manifest.files());
  }

  /**
   * Content hash of what a config value leads to: a finished artifact, any other directory, or a
   * file.
   *
   * @throws UserException when it does not exist
   */
  public static String contentHash(Path path) throws IOException {
    if (Files.isDirectory(path)) {
      Optional<Manifest> manifest = read(path);
      return manifest.isPresent()
          ? artifactHash(manifest.get())
          : Hashes.combined(artifactFiles(path));
    }
    if (!Files.exists(path)) {
      throw new UserException(path + " does not exist");
    }
    return Hashes.file(path);
  }

  /**
   * Hash over a config; the order of keys does not matter.
   *
   * @param config what {@code ConfigReader.toHashedJson} gave
   * @param without dotted keys to leave out, such as inputs, whose content is hashed instead; an
   *     item of a list as {@code sources[0].path}
   */
  public static String configHash(JsonNode config, Set<String> without) {
    return Hashes.text(Json.line(canonical(config, "", without)));
  }

  private static JsonNode canonical(JsonNode node, String prefix, Set<String> without) {
    if (node.isArray()) {
      ArrayNode array = JsonNodeFactory.instance.arrayNode();
      for (int i = 0; i < node.size(); i++) {
        array.add(canonical(node.path(i), "%s[%d]".formatted(prefix, i), without));
      }
      return array;
    }
    if (!node.isObject()) {
      return node;
    }
    List<String> names = new ArrayList<>();
    node.fieldNames().forEachRemaining(names::add);
    Collections.sort(names);
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    for (String name : names) {
      String dotted = prefix.isEmpty() ? name : prefix + "." + name;
      if (!without.contains(dotted)) {
        object.set(name, canonical(node.path(name), dotted, without));
      }
    }
    return object;
  }
}
