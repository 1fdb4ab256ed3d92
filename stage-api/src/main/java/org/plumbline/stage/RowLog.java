package org.plumbline.stage;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Rows of {@code {"step": n, name: value …}} in a .jsonl file, steps never falling. */
final class RowLog implements Closeable {
  private final Path file;
  private @Nullable JsonLineAppender rows;
  private long lastStep;

  RowLog(Path file) {
    this.file = file;
  }

  void append(long step, Map<String, Double> values) throws IOException {
    JsonLineAppender open = open();
    if (step < lastStep) {
      throw new IllegalArgumentException(
          "%s: step=%d after step %d; call rewindTo first"
              .formatted(file.getFileName(), step, lastStep));
    }
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("step", step);
    row.putAll(values);
    open.write(row);
    lastStep = step;
  }

  /** Cuts off all rows after a step; one truncation, so a crash leaves the old file or the new. */
  void rewindTo(long step) throws IOException {
    close();
    if (!Files.exists(file)) {
      return;
    }
    long length = lengthUpTo(step);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(length);
      channel.force(true);
    }
  }

  private JsonLineAppender open() throws IOException {
    if (rows == null) {
      rows = JsonLineAppender.open(file);
      lengthUpTo(Long.MAX_VALUE);
    }
    return rows;
  }

  /** Bytes of the whole rows up to a step; notes the last of these steps. */
  private long lengthUpTo(long step) throws IOException {
    lastStep = Long.MIN_VALUE;
    long length = 0;
    long read = 0;
    int line = 0;
    ByteArrayOutputStream row = new ByteArrayOutputStream();
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
      for (int b = in.read(); b >= 0; b = in.read()) {
        read++;
        if (b != '\n') {
          row.write(b);
          continue;
        }
        long found = step(row.toString(StandardCharsets.UTF_8), ++line);
        row.reset();
        if (found > step) {
          return length;
        }
        lastStep = found;
        length = read;
      }
    }
    return length;
  }

  private long step(String row, int line) {
    try {
      JsonNode step = Json.mapper().readTree(row).path("step");
      if (step.isIntegralNumber()) {
        return step.longValue();
      }
    } catch (JsonProcessingException e) {
      throw damaged(line, e);
    }
    throw damaged(line, null);
  }

  private UserException damaged(int line, @Nullable Exception cause) {
    String message =
        "%s line %d is no metrics row. Was the file changed by hand? Mend the line, or start over with --fresh."
            .formatted(file, line);
    return cause == null ? new UserException(message) : new UserException(message, cause);
  }

  void flush() throws IOException {
    if (rows != null) {
      rows.flush();
    }
  }

  @Override
  public void close() throws IOException {
    if (rows != null) {
      rows.close();
      rows = null;
    }
  }
}
