package org.plumbline.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The JSON files of a model folder: read strictly, written indented as transformers writes them.
 */
public final class JsonFiles {
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private JsonFiles() {}

  /** An empty object to fill. */
  public static ObjectNode object() {
    return JSON.createObjectNode();
  }

  /**
   * The file's one JSON object.
   *
   * @throws ModelFormatException naming the file where it is absent or is something else
   */
  public static ObjectNode read(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new ModelFormatException(
          "%s: no such file. Is this a Hugging Face model folder?".formatted(file));
    }
    try {
      JsonNode root = JSON.readTree(Files.readAllBytes(file));
      if (root instanceof ObjectNode object) {
        return object;
      }
      throw new ModelFormatException(
          "%s holds %s, a JSON object is needed".formatted(file, root.getNodeType()));
    } catch (JsonProcessingException e) {
      throw new ModelFormatException("%s is not valid JSON: %s".formatted(file, e.getMessage()), e);
    } catch (IOException e) {
      throw new ModelFormatException("%s cannot be read: %s".formatted(file, e.getMessage()), e);
    }
  }

  /** Replaces the file by this JSON, whole or not at all. */
  public static void write(Path file, JsonNode content) {
    AtomicFile.writeText(file, text(content));
  }

  /** Two spaces of indentation and a final line feed on every system. */
  public static String text(JsonNode content) {
    DefaultIndenter indenter = new DefaultIndenter("  ", "\n");
    DefaultPrettyPrinter printer =
        new DefaultPrettyPrinter()
            .withSeparators(
                Separators.createDefaultInstance()
                    .withObjectFieldValueSpacing(Separators.Spacing.AFTER))
            .withObjectIndenter(indenter)
            .withArrayIndenter(indenter);
    try {
      return JSON.writer(printer).writeValueAsString(content) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("this JSON tree cannot be written", e);
    }
  }
}
