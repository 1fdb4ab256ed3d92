package org.plumbline.data;

import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.ZipException;
import org.plumbline.stage.JsonLineReader;
import org.plumbline.stage.JsonRow;
import org.plumbline.stage.UserException;

/** One pass over a file that counts what it keeps and what it does not. */
final class RowImport<T> {
  /** Reads one row. */
  @FunctionalInterface
  interface Parser<T> {
    Parsed<T> parse(Row row);
  }

  /** A row as data, or why it is kept out. */
  record Parsed<T>(DatasetShape shape, Optional<T> value, SkipReason reason, String detail) {
    static <T> Parsed<T> kept(DatasetShape shape, T value) {
      return new Parsed<>(shape, Optional.of(value), SkipReason.MALFORMED, "");
    }

    static <T> Parsed<T> skipped(DatasetShape shape, SkipReason reason, String detail) {
      return new Parsed<>(shape, Optional.empty(), reason, detail);
    }
  }

  private final Path file;
  private final Parser<T> parser;
  private final boolean skipMalformed;
  private final List<T> kept = new ArrayList<>();
  private final List<ImportReport.Skipped> skipped = new ArrayList<>();
  private final Map<DatasetShape, Integer> shapes = new EnumMap<>(DatasetShape.class);
  private int rows;

  RowImport(Path file, Parser<T> parser, boolean skipMalformed) {
    this.file = file;
    this.parser = parser;
    this.skipMalformed = skipMalformed;
  }

  Dataset<T> run() throws IOException {
    try (JsonLineReader reader = JsonLineReader.open(file)) {
      boolean more = true;
      while (more) {
        more = step(reader);
      }
    }
    return new Dataset<>(kept, new ImportReport(name(), shapes, rows, kept.size(), skipped));
  }

  private boolean step(JsonLineReader reader) throws IOException {
    Optional<JsonRow> next = Optional.empty();
    try {
      next = Optional.ofNullable(reader.next());
      if (next.isEmpty()) {
        return false;
      }
      take(Row.of(next.get()), reader.lineText());
    } catch (UserException e) {
      if (!skipMalformed || damaged(e)) {
        throw e;
      }
      String detail = String.valueOf(e.getMessage()).replace(file + " line ", "line ");
      String source = next.map(row -> Row.source(row)).orElse(name());
      skipped.add(
          new ImportReport.Skipped(source, SkipReason.MALFORMED, detail, reader.lineText()));
    }
    rows++;
    return true;
  }

  /** Behind a break in gzip data there are no rows to go on with. */
  private static boolean damaged(UserException e) {
    return e.getCause() instanceof EOFException || e.getCause() instanceof ZipException;
  }

  private String name() {
    return String.valueOf(file.getFileName());
  }

  private void take(Row row, String line) {
    Parsed<T> parsed = parser.parse(row);
    shapes.merge(parsed.shape(), 1, Integer::sum);
    if (parsed.value().isPresent()) {
      kept.add(parsed.value().get());
    } else {
      skipped.add(new ImportReport.Skipped(row.source(), parsed.reason(), parsed.detail(), line));
    }
  }
}
