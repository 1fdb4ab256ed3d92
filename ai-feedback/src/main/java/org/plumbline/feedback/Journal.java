package org.plumbline.feedback;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.plumbline.stage.UserException;

/**
 * An append-only file of JSON lines that survives {@code kill -9}: a row is on the disk when {@link
 * #append} returns, and a torn last line is cut off when the file is opened again. Threads that
 * append at once share one sync. Plain streams, not channels: an interrupt must not close the file.
 */
final class Journal implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path file;
  private final FileOutputStream out;
  private final JournalLock lock;
  private final Object writing = new Object();
  private final Object syncing = new Object();
  private long written;
  private long durable;

  private Journal(Path file, JournalLock lock) throws IOException {
    this.file = file;
    this.lock = lock;
    this.out = new FileOutputStream(file.toFile(), true);
  }

  /**
   * Opens the file, made if missing, and hands over every whole row in it.
   *
   * @throws UserException when a row that is not the last is damaged, or another process writes
   */
  static Journal open(Path file, Consumer<JsonNode> rows) {
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      JournalLock lock = JournalLock.take(file);
      try {
        long whole = Files.exists(file) ? read(file, rows) : 0;
        try (RandomAccessFile raw = new RandomAccessFile(file.toFile(), "rw")) {
          if (raw.length() > whole) {
            raw.setLength(whole);
          }
        }
        return new Journal(file, lock);
      } catch (IOException | RuntimeException e) {
        lock.close();
        throw e;
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot open the journal " + file, e);
    }
  }

  /** Reads the rows without the right to append; returns the length of the whole rows, in bytes. */
  static long read(Path file, Consumer<JsonNode> rows) throws IOException {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      long whole = 0;
      int number = 1;
      for (int b = in.read(); b >= 0; b = in.read()) {
        if (b != '\n') {
          line.write(b);
          continue;
        }
        rows.accept(parse(file, number++, line.toString(StandardCharsets.UTF_8)));
        whole += line.size() + 1L;
        line.reset();
      }
      return whole;
    }
  }

  private static JsonNode parse(Path file, int number, String line) {
    try {
      JsonNode row = JSON.readTree(line);
      if (row.isObject()) {
        return row;
      }
    } catch (JsonProcessingException e) {
      // falls through to the one message for both cases
    }
    throw new UserException(
        "%s, line %d is not a JSON object; the file was changed or damaged after it was written."
                .formatted(file, number)
            + " Delete that line and what it held is asked for again.");
  }

  /** Adds a row; durable on return. */
  void append(JsonNode row) {
    byte[] line = (row + "\n").getBytes(StandardCharsets.UTF_8);
    try {
      long mine;
      synchronized (writing) {
        out.write(line);
        mine = ++written;
      }
      sync(mine);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write to " + file + ": disk full?", e);
    }
  }

  private void sync(long mine) throws IOException {
    synchronized (syncing) {
      if (durable >= mine) {
        return;
      }
      long now;
      synchronized (writing) {
        now = written;
      }
      out.getFD().sync();
      durable = now;
    }
  }

  @Override
  public void close() {
    try (lock) {
      out.close();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot close " + file, e);
    }
  }
}
