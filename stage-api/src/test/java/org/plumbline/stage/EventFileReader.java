package org.plumbline.stage;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Reads TensorBoard event files back, written from the format's description and not from the
 * writer.
 */
final class EventFileReader {
  private EventFileReader() {}

  /** One event as text, such as {@code 3 loss=0.5 kl=1.0}. */
  static List<String> read(Path file) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    List<String> events = new ArrayList<>();
    while (bytes.hasRemaining()) {
      int start = bytes.position();
      int length = Math.toIntExact(bytes.getLong());
      assertThat(bytes.getInt()).as("CRC of the length").isEqualTo(masked(bytes.array(), start, 8));
      byte[] data = new byte[length];
      bytes.get(data);
      assertThat(bytes.getInt()).as("CRC of the data").isEqualTo(masked(data, 0, length));
      events.add(event(CodedInputStream.newInstance(data)));
    }
    return events;
  }

  private static int masked(byte[] bytes, int offset, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, offset, length);
    long value = crc.getValue();
    return (int) (((value >>> 15 | value << 17) + 0xa282ead8L) & 0xffffffffL);
  }

  private static String event(CodedInputStream in) throws IOException {
    StringBuilder text = new StringBuilder();
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (WireFormat.getTagFieldNumber(tag)) {
        case 1 -> assertThat(in.readDouble()).as("wall time").isEqualTo(1_790_000_000.25);
        case 2 -> text.insert(0, in.readInt64());
        case 3 -> text.append(" version=").append(in.readString());
        case 5 -> summary(CodedInputStream.newInstance(in.readByteArray()), text);
        case 7 -> {
          CodedInputStream session = CodedInputStream.newInstance(in.readByteArray());
          assertThat(WireFormat.getTagFieldNumber(session.readTag())).isEqualTo(1);
          text.append(" session=").append(session.readEnum());
        }
        default -> throw new AssertionError("unknown field " + tag);
      }
    }
    return text.toString();
  }

  private static void summary(CodedInputStream in, StringBuilder text) throws IOException {
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      CodedInputStream value = CodedInputStream.newInstance(in.readByteArray());
      assertThat(WireFormat.getTagFieldNumber(value.readTag())).isEqualTo(1);
      text.append(' ').append(value.readString()).append('=');
      assertThat(WireFormat.getTagFieldNumber(value.readTag())).isEqualTo(2);
      text.append(value.readFloat());
      assertThat(value.isAtEnd()).isTrue();
    }
  }
}
