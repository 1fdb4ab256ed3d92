package org.plumbline.stage;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Appends rows to a .jsonl file. A row is one write, so a kill leaves whole rows and at most one
 * incomplete last line, which the next open cuts off.
 */
public final class JsonLineAppender implements Closeable {
  private final Path file;
  private final FileChannel channel;

  private JsonLineAppender(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  static JsonLineAppender open(Path file) throws IOException {
    FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      long end = endOfLastLine(channel);
      channel.truncate(end);
      channel.position(end);
      return new JsonLineAppender(file, channel);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  /** Appends one row: a JsonNode, a record or a Map. */
  public void write(Object row) throws IOException {
    ByteBuffer bytes =
        StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(Json.line(row) + "\n"));
    long start = channel.position();
    try {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    } catch (IOException e) {
      channel.truncate(start);
      throw AtomicFiles.explained(file, e);
    }
  }

  /** Makes all rows durable. */
  public void flush() throws IOException {
    channel.force(true);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  /** Position behind the last newline. */
  private static long endOfLastLine(FileChannel channel) throws IOException {
    ByteBuffer block = ByteBuffer.allocate(1 << 14);
    long end = channel.size();
    while (end > 0) {
      int length = (int) Math.min(block.capacity(), end);
      block.clear().limit(length);
      while (block.hasRemaining()) {
        if (channel.read(block, end - length + block.position()) < 0) {
          throw new IOException("file shrank while it was read");
        }
      }
      for (int i = length - 1; i >= 0; i--) {
        if (block.get(i) == '\n') {
          return end - length + i + 1;
        }
      }
      end -= length;
    }
    return 0;
  }
}
