package org.plumbline.stage;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads .jsonl row by row, packed or not. Blank lines are passed over. Every error names file and
 * line.
 */
public final class JsonLineReader implements Closeable {
  /** Longest line taken, in bytes: thousands of pages. */
  static final int MAX_LINE = 32 << 20;

  /** As much of an overlong line as is shown. */
  private static final int SHOWN = 1 << 10;

  private final Path file;
  private final InputStream in;
  private ByteArrayOutputStream buffer = new ByteArrayOutputStream(1 << 12);
  private long line;
  private boolean ended;
  private final byte[] block = new byte[1 << 16];
  private int position;
  private int limit;

  private JsonLineReader(Path file, InputStream in) {
    this.file = file;
    this.in = in;
  }

  /**
   * Opens a file.
   *
   * @throws UserException when it is absent, a directory, or damaged at its start
   */
  public static JsonLineReader open(Path file) throws IOException {
    return new JsonLineReader(file, InputFile.open(file));
  }

  /** The next row, or null at the end. */
  public @Nullable JsonRow next() throws IOException {
    while (!ended) {
      String text = nextLine();
      if (!text.isBlank()) {
        return new JsonRow(file, line, parse(text));
      }
    }
    return null;
  }

  /** The line read last as it stands in the file; bytes that are no UTF-8 as U+FFFD. */
  public String lineText() {
    return buffer.toString(StandardCharsets.UTF_8);
  }

  private String nextLine() throws IOException {
    line++;
    buffer.reset();
    try {
      fillLine();
    } catch (DamagedDataException e) {
      throw new DamagedFileException(file + " line " + line + ": " + e.getMessage(), e);
    }
    try {
      String text =
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(buffer.toByteArray()))
              .toString();
      return line == 1 && text.startsWith("\uFEFF") ? text.substring(1) : text;
    } catch (CharacterCodingException e) {
      throw error("is not UTF-8 text; save the file as UTF-8", e);
    }
  }

  /** Moves the bytes up to the next newline into the buffer; an overlong line is passed over. */
  private void fillLine() throws IOException {
    long length = 0;
    while (true) {
      if (position == limit && !fillBlock()) {
        break;
      }
      int end = position;
      while (end < limit && block[end] != '\n') {
        end++;
      }
      length += end - position;
      if (length <= MAX_LINE) {
        buffer.write(block, position, end - position);
      }
      position = end;
      if (end < limit) {
        position++;
        break;
      }
    }
    if (length > MAX_LINE) {
      byte[] start = Arrays.copyOf(buffer.toByteArray(), SHOWN);
      buffer = new ByteArrayOutputStream(1 << 12);
      buffer.writeBytes(start);
      throw error(
          "is %d bytes long; at most %d are taken. Line breaks lost?".formatted(length, MAX_LINE),
          null);
    }
  }

  private boolean fillBlock() throws IOException {
    position = 0;
    limit = Math.max(0, in.read(block, 0, block.length));
    ended = limit == 0;
    return !ended;
  }

  private JsonNode parse(String text) throws IOException {
    try {
      JsonNode node = Json.mapper().readTree(text);
      if (text.contains("\\u")) {
        Optional<String> fault = BadText.inJson(node);
        if (fault.isPresent()) {
          throw error(fault.get(), null);
        }
      }
      return node;
    } catch (JsonEOFException e) {
      String hint = ended ? ". Truncated file?" : ". Is one row spread over several lines?";
      throw error("is not valid JSON: the line ends inside the value" + hint, e);
    } catch (JsonProcessingException e) {
      int column = e.getLocation() == null ? 0 : e.getLocation().getColumnNr();
      throw error(
          "is not valid JSON at column %d: %s%s"
              .formatted(column, e.getOriginalMessage(), line == 1 ? arrayHint(text) : ""),
          e);
    }
  }

  private static String arrayHint(String text) {
    return text.stripLeading().startsWith("[")
        ? ". A JSON array? One object per line is needed"
        : "";
  }

  private UserException error(String message, @Nullable Exception cause) {
    String text = file + " line " + line + ": " + message;
    return cause == null ? new UserException(text) : new UserException(text, cause);
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
