package org.plumbline.stage;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/** Files with one JSON value per line (.jsonl), gzipped if the name ends in .gz. */
public final class JsonLines {
  private JsonLines() {}

  /** Takes rows one by one. */
  @FunctionalInterface
  public interface RowReader {
    /** Called once per row, in file order. */
    void row(JsonRow row) throws IOException;
  }

  /** Takes rows to be written. */
  @FunctionalInterface
  public interface RowSink {
    /** Writes one row: a JsonNode, a record or a Map. */
    void write(Object row) throws IOException;
  }

  /** Produces the rows of a file. */
  @FunctionalInterface
  public interface RowSource {
    /** Writes all rows to the sink. */
    void writeTo(RowSink sink) throws IOException;
  }

  /**
   * Streams over the rows; memory holds one at a time.
   *
   * @throws UserException with file and line at the first row that is no JSON
   */
  public static void forEach(Path file, RowReader reader) throws IOException {
    try (JsonLineReader rows = JsonLineReader.open(file)) {
      for (JsonRow row = rows.next(); row != null; row = rows.next()) {
        reader.row(row);
      }
    }
  }

  /** All rows of a file that fits in memory. */
  public static List<JsonRow> readAll(Path file) throws IOException {
    List<JsonRow> rows = new ArrayList<>();
    forEach(file, rows::add);
    return rows;
  }

  /** Writes a file anew: it appears whole, or not at all when the source throws. */
  public static void write(Path file, RowSource source) throws IOException {
    write(AtomicFiles.DISK, file, source);
  }

  static void write(AtomicFiles files, Path file, RowSource source) throws IOException {
    files.write(
        file,
        out -> {
          OutputStream bytes = isGzip(file) ? new GZIPOutputStream(out, 1 << 16) : out;
          BufferedWriter writer =
              new BufferedWriter(new OutputStreamWriter(bytes, encoder()), 1 << 16);
          source.writeTo(
              row -> {
                writer.write(Json.line(row));
                writer.write('\n');
              });
          writer.flush();
          if (bytes instanceof GZIPOutputStream gzip) {
            gzip.finish();
          }
        });
  }

  /**
   * Opens a file for further rows. A last line that a killed process left incomplete is cut off.
   *
   * @throws UserException for a .gz file, which cannot grow safely
   */
  public static JsonLineAppender append(Path file) throws IOException {
    if (isGzip(file)) {
      throw new UserException(file + ": rows cannot be appended to a .gz file; use plain .jsonl");
    }
    return JsonLineAppender.open(file);
  }

  private static boolean isGzip(Path file) {
    return file.toString().endsWith(".gz");
  }

  /** A strict encoder: a lone surrogate is an error, not a question mark. */
  private static java.nio.charset.CharsetEncoder encoder() {
    return StandardCharsets.UTF_8.newEncoder();
  }
}
