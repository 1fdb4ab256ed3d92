package org.plumbline.model;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** A file written under a temporary name beside its own, flushed to disk, then renamed. */
public final class AtomicFile implements AutoCloseable {
  private final Path target;
  private final Path temporary;
  private final FileChannel channel;

  private AtomicFile(Path target, Path temporary, FileChannel channel) {
    this.target = target;
    this.temporary = temporary;
    this.channel = channel;
  }

  /** Opens the temporary file, making the folder where it is absent. */
  public static AtomicFile create(Path target) throws IOException {
    Path absolute = target.toAbsolutePath();
    Files.createDirectories(absolute.resolveSibling("."));
    Path temporary = absolute.resolveSibling("." + target.getFileName() + ".part");
    FileChannel channel =
        FileChannel.open(
            temporary,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE);
    return new AtomicFile(target, temporary, channel);
  }

  /** Replaces the whole file by this text in UTF-8. */
  public static void writeText(Path target, String text) {
    write(target, text.getBytes(StandardCharsets.UTF_8));
  }

  /** Replaces the whole file by these bytes. */
  public static void write(Path target, byte[] bytes) {
    try (AtomicFile file = create(target)) {
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      while (buffer.hasRemaining()) {
        file.channel.write(buffer);
      }
      file.commit();
    } catch (IOException e) {
      throw failed(target, e);
    }
  }

  /** The one wording for a file that could not be written. */
  public static UncheckedIOException failed(Path file, IOException cause) {
    return new UncheckedIOException(
        "%s cannot be written: %s. Is the disk full, or the folder read-only?"
            .formatted(file, cause.getMessage()),
        cause);
  }

  /** The name the file will have. */
  public Path target() {
    return target;
  }

  /** Where to write; closed by {@link #commit()} or {@link #close()}. */
  public FileChannel channel() {
    return channel;
  }

  /** Makes the file appear under its own name, on the disk and not only in its cache. */
  public void commit() throws IOException {
    channel.force(true);
    channel.close();
    Files.move(
        temporary,
        target.toAbsolutePath(),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
    flushFolder();
  }

  private void flushFolder() {
    try (FileChannel folder =
        FileChannel.open(temporary.resolveSibling("."), StandardOpenOption.READ)) {
      folder.force(true);
    } catch (IOException e) {
      return; // not every system opens folders (Windows); the rename itself has succeeded
    }
  }

  /** After {@link #commit()} nothing; before it, the temporary file goes. */
  @Override
  public void close() {
    try {
      if (channel.isOpen()) {
        channel.close();
        Files.deleteIfExists(temporary);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(temporary + " cannot be removed", e);
    }
  }
}
