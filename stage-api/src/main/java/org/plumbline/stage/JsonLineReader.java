package org.plumbline.stage;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * Reads .jsonl row by row; gzip is recognised by its first bytes. Blank lines are passed over.
 * Every error names file and line.
 */
public final class JsonLineReader implements Closeable {
  /** Longest line taken, in bytes. */
  static final int MAX_LINE = 256 << 20;

  private final Path file;
  private final InputStream in;
  private final ByteArrayOutputStream buffer = new ByteArrayOutputStream(1 << 12);
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
   * @throws UserException when it is absent, a directory, or a broken gzip file
   */
  public static JsonLineReader open(Path file) throws IOException {
    if (Files.isDirectory(file)) {
      throw new UserException(file + " is a directory; a .jsonl file is needed");
    }
    InputStream raw;
    try {
      raw = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
    } catch (NoSuchFileException e) {
      throw new UserException(file + " does not exist", e);
    }
    try {
      raw.mark(2);
      boolean gzip = raw.read() == 0x1f && raw.read() == 0x8b;
      raw.reset();
      return new JsonLineReader(file, gzip ? new GZIPInputStream(raw, 1 << 16) : raw);
    } catch (EOFException | ZipException e) {
      raw.close();
      throw new UserException(file + " is a damaged gzip file: " + e.getMessage(), e);
    } catch (IOException e) {
      raw.close();
      throw e;
    }
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
    } catch (EOFException | ZipException e) {
      throw error("the gzip data end or break here. Truncated file?", e);
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

  /** Moves the bytes up to the next newline into the buffer. */
  private void fillLine() throws IOException {
    while (true) {
      if (position == limit) {
        position = 0;
        limit = Math.max(0, in.read(block, 0, block.length));
        if (limit == 0) {
          ended = true;
          return;
        }
      }
      int end = position;
      while (end < limit && block[end] != '\n') {
        end++;
      }
      buffer.write(block, position, end - position);
      if (buffer.size() > MAX_LINE) {
        throw error("is longer than %d MiB".formatted(MAX_LINE >> 20), null);
      }
      if (end < limit) {
        position = end + 1;
        return;
      }
      position = end;
    }
  }

  private JsonNode parse(String text) throws IOException {
    try {
      JsonNode node = Json.mapper().readTree(text);
      if (text.contains("\\u")) {
        refuseLoneSurrogates(node);
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

  /** They cannot be written as UTF-8 again, so they are refused where they come in. */
  private void refuseLoneSurrogates(JsonNode node) {
    if (node.isTextual() && !StandardCharsets.UTF_8.newEncoder().canEncode(node.textValue())) {
      throw error(
          "holds half of a surrogate pair (\\ud800 to \\udfff), which is no character", null);
    }
    node.forEach(this::refuseLoneSurrogates);
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
