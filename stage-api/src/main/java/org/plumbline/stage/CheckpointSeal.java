package org.plumbline.stage;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/**
 * The file {@code checkpoint.json}: size and SHA-256 of every other file of a checkpoint, and a
 * checksum over itself, so that no changed bit goes unseen.
 */
final class CheckpointSeal {
  static final String FILE = "checkpoint.json";
  private static final int FORMAT = 1;

  private CheckpointSeal() {}

  /** The seal's text for a directory whose other files are complete. */
  static String of(Path directory, long step) throws IOException {
    ObjectNode seal = Json.mapper().createObjectNode();
    seal.put("format", FORMAT).put("step", step);
    ObjectNode files = seal.putObject("files");
    SortedMap<String, String> hashes = Hashes.tree(directory, name -> !name.equals(FILE));
    for (Map.Entry<String, String> entry : hashes.entrySet()) {
      files
          .putObject(entry.getKey())
          .put("bytes", Files.size(directory.resolve(entry.getKey())))
          .put("sha256", entry.getValue());
    }
    return sealed(seal);
  }

  private static String sealed(ObjectNode seal) {
    return Json.line(seal.deepCopy().put("checksum", Hashes.text(Json.line(seal)))) + "\n";
  }

  /** What is wrong with a checkpoint, naming the file; empty if nothing is. */
  static Optional<String> fault(Path directory, long step) throws IOException {
    Path file = directory.resolve(FILE);
    if (!Files.exists(file)) {
      return Optional.of(FILE + " is missing");
    }
    byte[] bytes = Files.readAllBytes(file);
    JsonNode read;
    try {
      read = Json.mapper().readTree(bytes);
    } catch (JsonProcessingException e) {
      return Optional.of(FILE + " is not valid JSON");
    }
    if (!(read instanceof ObjectNode seal)) {
      return Optional.of(FILE + " is not valid JSON");
    }
    seal.remove("checksum");
    if (!Arrays.equals(sealed(seal).getBytes(StandardCharsets.UTF_8), bytes)) {
      return Optional.of(FILE + " does not match its own checksum");
    }
    if (seal.path("format").asInt() != FORMAT) {
      return Optional.of(FILE + " has the unknown format " + seal.path("format"));
    }
    if (seal.path("step").asLong() != step) {
      return Optional.of(FILE + " belongs to step " + seal.path("step"));
    }
    return fileFault(directory, seal.path("files"));
  }

  private static Optional<String> fileFault(Path directory, JsonNode files) throws IOException {
    List<String> names = new ArrayList<>();
    files.fieldNames().forEachRemaining(names::add);
    for (String name : names) {
      Path file = directory.resolve(name);
      JsonNode expected = files.path(name);
      if (!Files.isRegularFile(file)) {
        return Optional.of(name + " is missing");
      }
      if (Files.size(file) != expected.path("bytes").asLong()) {
        return Optional.of(
            "%s has %d bytes, %s were written"
                .formatted(name, Files.size(file), expected.path("bytes")));
      }
      if (!Hashes.file(file).equals(expected.path("sha256").asText())) {
        return Optional.of(name + " does not match its checksum");
      }
    }
    return Optional.empty();
  }
}
