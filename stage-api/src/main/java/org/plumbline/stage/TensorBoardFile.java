package org.plumbline.stage;

import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * A TensorBoard event file: TFRecord frames around {@code tensorflow.Event} messages (fields as in
 * tensorflow/core/util/event.proto and framework/summary.proto).
 */
final class TensorBoardFile implements Closeable {
  /** What event files are called; TensorBoard looks for {@code tfevents} in the name. */
  static final String PREFIX = "events.out.tfevents.";

  private static final int EVENT_WALL_TIME = 1;
  private static final int EVENT_STEP = 2;
  private static final int EVENT_FILE_VERSION = 3;
  private static final int EVENT_SUMMARY = 5;
  private static final int EVENT_SESSION_LOG = 7;
  private static final int SUMMARY_VALUE = 1;
  private static final int VALUE_TAG = 1;
  private static final int VALUE_SIMPLE_VALUE = 2;
  private static final int SESSION_STATUS = 1;
  private static final int SESSION_START = 1;

  private final FileChannel channel;
  private final Clock clock;

  private TensorBoardFile(FileChannel channel, Clock clock) {
    this.channel = channel;
    this.clock = clock;
  }

  /** Writes one part of a message. */
  @FunctionalInterface
  private interface Part {
    void writeTo(CodedOutputStream out) throws IOException;
  }

  /**
   * Starts a new file, whose name sorts behind all that are there.
   *
   * @param purgeFrom if present, TensorBoard forgets events of earlier files from this step on
   */
  static TensorBoardFile create(Path directory, Clock clock, OptionalLong purgeFrom)
      throws IOException {
    FileChannel channel =
        FileChannel.open(
            freshName(directory, clock), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    TensorBoardFile file = new TensorBoardFile(channel, clock);
    file.event(0, out -> out.writeString(EVENT_FILE_VERSION, "brain.Event:2"));
    if (purgeFrom.isPresent()) {
      byte[] session = message(out -> out.writeEnum(SESSION_STATUS, SESSION_START));
      file.event(purgeFrom.getAsLong(), out -> out.writeByteArray(EVENT_SESSION_LOG, session));
    }
    return file;
  }

  private static Path freshName(Path directory, Clock clock) throws IOException {
    long second = clock.instant().getEpochSecond();
    try (Stream<Path> entries = Files.list(directory)) {
      long latest =
          entries
              .map(path -> path.getFileName().toString())
              .filter(name -> name.matches("events\\.out\\.tfevents\\.[0-9]{10}\\..*"))
              .mapToLong(
                  name -> Long.parseLong(name.substring(PREFIX.length(), PREFIX.length() + 10)))
              .max()
              .orElse(0);
      second = Math.max(second, latest + 1);
    }
    return directory.resolve(
        String.format(
            Locale.ROOT,
            "%s%010d.%s.%d",
            PREFIX,
            second,
            HostName.get().replaceAll("[^A-Za-z0-9._-]", "-"),
            ProcessHandle.current().pid()));
  }

  /** One event with all values of a step. */
  void scalars(long step, Map<String, Double> values) throws IOException {
    byte[] summary =
        message(
            out -> {
              for (Map.Entry<String, Double> value : values.entrySet()) {
                out.writeByteArray(SUMMARY_VALUE, scalar(value.getKey(), value.getValue()));
              }
            });
    event(step, out -> out.writeByteArray(EVENT_SUMMARY, summary));
  }

  private static byte[] scalar(String tag, double value) throws IOException {
    return message(
        out -> {
          out.writeString(VALUE_TAG, tag);
          out.writeFloat(VALUE_SIMPLE_VALUE, (float) value);
        });
  }

  private void event(long step, Part what) throws IOException {
    byte[] event =
        message(
            out -> {
              out.writeDouble(EVENT_WALL_TIME, clock.millis() / 1000.0);
              out.writeInt64(EVENT_STEP, step);
              what.writeTo(out);
            });
    ByteBuffer frame = frame(event);
    while (frame.hasRemaining()) {
      channel.write(frame);
    }
  }

  private static byte[] message(Part part) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    part.writeTo(out);
    out.flush();
    return bytes.toByteArray();
  }

  /** Length, masked CRC of the length, data, masked CRC of the data; little endian. */
  private static ByteBuffer frame(byte[] data) {
    ByteBuffer frame = ByteBuffer.allocate(data.length + 16).order(ByteOrder.LITTLE_ENDIAN);
    frame.putLong(data.length);
    frame.putInt(maskedCrc(frame.array(), 8));
    frame.put(data).putInt(maskedCrc(data, data.length)).flip();
    return frame;
  }

  /**
   * CRC-32C, rotated right by 15 bits plus a constant, as tensorflow/core/lib/hash/crc32c.h has it.
   */
  static int maskedCrc(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    return Integer.rotateRight((int) crc.getValue(), 15) + 0xa282ead8;
  }

  void flush() throws IOException {
    channel.force(true);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
