package org.plumbline.stage;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * The project's JSON: strict when read (no duplicate keys, nothing behind the value, bounded
 * sizes), the same bytes on every JDK when written (keys in the order given, shortest digits that
 * read back equal), snake_case keys for records.
 */
public final class Json {
  /** Longest single string taken: a long document, not a bomb. */
  static final int MAX_STRING = 50_000_000;

  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              com.fasterxml.jackson.core.JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(200)
                          .maxStringLength(MAX_STRING)
                          .maxNumberLength(400)
                          .maxNameLength(10_000)
                          .build())
                  .build())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER)
          .disable(JsonWriteFeature.WRITE_NAN_AS_STRINGS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .build();

  private Json() {}

  /** The shared mapper; not to be reconfigured. */
  public static JsonMapper mapper() {
    return MAPPER;
  }

  /**
   * Reads a file.
   *
   * @throws UserException naming the file when it is absent or no JSON
   */
  public static JsonNode read(Path file) throws IOException {
    return read(file, JsonNode.class);
  }

  /**
   * Reads a file into a record or other type.
   *
   * @throws UserException naming the file when it is absent, no JSON, or of another shape
   */
  public static <T> T read(Path file, Class<T> type) throws IOException {
    try {
      T value = MAPPER.readValue(Files.readString(file, StandardCharsets.UTF_8), type);
      if (value == null || (value instanceof JsonNode node && node.isMissingNode())) {
        throw new UserException(file + " is empty; a JSON document is needed. Truncated file?");
      }
      return value;
    } catch (NoSuchFileException e) {
      throw new UserException(file + " does not exist", e);
    } catch (CharacterCodingException e) {
      throw new UserException(file + " is not UTF-8 text", e);
    } catch (JsonProcessingException e) {
      throw new UserException(
          "%s line %d is not valid JSON: %s"
              .formatted(
                  file,
                  e.getLocation() == null ? 1 : e.getLocation().getLineNr(),
                  e.getOriginalMessage()),
          e);
    }
  }

  /** One line without the newline; NaN and infinities are refused. */
  public static String line(Object value) {
    return text(value, false);
  }

  /** Indented text with a newline at the end, for files that people read. */
  public static String pretty(Object value) {
    return text(value, true) + "\n";
  }

  private static String text(Object value, boolean pretty) {
    JsonNode tree = MAPPER.valueToTree(value);
    refuseNonFinite(tree);
    try {
      return pretty
          ? MAPPER.writer(printer()).writeValueAsString(tree)
          : MAPPER.writeValueAsString(tree);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("cannot be written as JSON: " + e.getOriginalMessage(), e);
    }
  }

  private static DefaultPrettyPrinter printer() {
    DefaultIndenter indenter = new DefaultIndenter("  ", "\n");
    return new DefaultPrettyPrinter(
            Separators.createDefaultInstance()
                .withObjectFieldValueSpacing(Separators.Spacing.AFTER)
                .withArrayEmptySeparator("")
                .withObjectEmptySeparator(""))
        .withObjectIndenter(indenter)
        .withArrayIndenter(indenter);
  }

  private static void refuseNonFinite(JsonNode node) {
    if (node.isFloatingPointNumber() && !Double.isFinite(node.doubleValue())) {
      throw new IllegalArgumentException("JSON has no " + node.doubleValue());
    }
    node.forEach(Json::refuseNonFinite);
  }
}
