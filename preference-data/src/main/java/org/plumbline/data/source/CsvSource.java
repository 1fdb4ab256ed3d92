package org.plumbline.data.source;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.jspecify.annotations.Nullable;
import org.plumbline.stage.BadText;
import org.plumbline.stage.DamagedFileException;
import org.plumbline.stage.Json;
import org.plumbline.stage.JsonRow;
import org.plumbline.stage.UserException;

/**
 * A table with a header (RFC 4180; comma, semicolon or tab). Each record is a row of texts; empty
 * cells are left out; cells of a column whose name ends in {@code _json} are JSON.
 */
final class CsvSource implements RowSource {
  /** Ending of the names of columns that hold JSON. */
  static final String JSON = "_json";

  private final Path file;
  private final BoundedRows bytes;
  private final CSVParser parser;
  private final Iterator<CSVRecord> records;
  private final List<String> columns;
  private long row;
  private String text = "";

  CsvSource(Path file, InputStream in) throws IOException {
    this.file = file;
    this.bytes = new BoundedRows(in);
    BufferedReader reader =
        new BufferedReader(new InputStreamReader(bytes, StandardCharsets.UTF_8.newDecoder()));
    try {
      char delimiter = CsvDelimiter.of(reader);
      this.parser = parser(reader, delimiter);
      this.columns = parser.getHeaderNames();
    } catch (IllegalArgumentException | IOException e) {
      throw damaged("header: " + reason(e), e);
    }
    checkColumns();
    this.records = parser.iterator();
  }

  private static CSVParser parser(Reader reader, char delimiter) throws IOException {
    CSVFormat format =
        CSVFormat.RFC4180
            .builder()
            .setDelimiter(delimiter)
            .setHeader()
            .setSkipHeaderRecord(true)
            .setIgnoreEmptyLines(true)
            .get();
    return CSVParser.builder().setReader(reader).setFormat(format).get();
  }

  private void checkColumns() {
    if (columns.isEmpty()) {
      throw new UserException(
          file + " is empty; a table needs a line with the names of its columns");
    }
    Set<String> seen = new HashSet<>();
    for (String column : columns) {
      if (!seen.add(column)) {
        throw new UserException(
            "%s: two columns are named \"%s\"; names must differ".formatted(file, column));
      }
    }
  }

  @Override
  public @Nullable JsonRow next() {
    bytes.rowBegins();
    row++;
    CSVRecord values;
    try {
      if (!records.hasNext()) {
        return null;
      }
      values = records.next();
    } catch (UncheckedIOException | IllegalStateException e) {
      throw damaged("row " + row + ": " + reason(e), e);
    }
    JsonRow place = new JsonRow(file, row, read(values), place());
    if (!values.isConsistent()) {
      throw place.error(
          "has %d cells, the header %d columns (%s). A delimiter inside a text without quotes?"
              .formatted(values.size(), columns.size(), String.join(", ", columns)));
    }
    Optional<String> fault = BadText.in(place.value());
    if (fault.isPresent()) {
      throw place.error(fault.get());
    }
    return place;
  }

  private String place() {
    return "row %d (line %d)".formatted(row, parser.getCurrentLineNumber());
  }

  private ObjectNode read(CSVRecord values) {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    for (int i = 0; i < Math.min(values.size(), columns.size()); i++) {
      if (!values.get(i).isEmpty()) {
        object.put(columns.get(i), values.get(i));
      }
    }
    text = object.toString();
    for (String column : columns) {
      if (column.endsWith(JSON) && object.has(column)) {
        String name = column.substring(0, column.length() - JSON.length());
        object.set(name, json(column, object.remove(column).textValue()));
      }
    }
    return object;
  }

  private JsonNode json(String column, String cell) {
    try {
      return Json.mapper().readTree(cell);
    } catch (JsonProcessingException e) {
      throw new UserException(
          "%s %s: column \"%s\" holds no JSON: %s"
              .formatted(file, place(), column, e.getOriginalMessage()),
          e);
    }
  }

  private DamagedFileException damaged(String message, Exception cause) {
    return new DamagedFileException(file + " " + message, cause);
  }

  private static String reason(Throwable e) {
    Throwable cause = e;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause instanceof CharacterCodingException
        ? "is not UTF-8 text; save the file as UTF-8"
        : String.valueOf(cause.getMessage());
  }

  @Override
  public String rowText() {
    return text;
  }

  @Override
  public List<String> columns() {
    return columns;
  }

  @Override
  public void close() throws IOException {
    parser.close();
  }
}
