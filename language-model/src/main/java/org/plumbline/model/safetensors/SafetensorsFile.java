package org.plumbline.model.safetensors;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.Map;
import org.plumbline.model.ModelFormatException;

/**
 * One open safetensors file. Tensors are read by position into a buffer that the caller may reuse,
 * never mapped: mapped pages cannot be released on Java 17 and count as resident memory.
 */
public final class SafetensorsFile implements AutoCloseable {
  private static final int LENGTH_BYTES = 8;

  private final Path path;
  private final FileChannel channel;
  private final SafetensorsHeader header;
  private final long dataStart;

  private SafetensorsFile(Path path, FileChannel channel) throws IOException {
    this.path = path;
    this.channel = channel;
    long size = channel.size();
    if (size < LENGTH_BYTES) {
      throw new ModelFormatException(
          "%s has %d bytes; a safetensors file has at least 8. Truncated?".formatted(path, size));
    }
    long headerBytes = fully(0, ByteBuffer.allocate(LENGTH_BYTES)).getLong();
    if (headerBytes < 0 || headerBytes > SafetensorsHeader.MAX_BYTES) {
      throw new ModelFormatException(
          "%s: the header claims %s bytes, at most 100 MB are allowed. Not a safetensors file?"
              .formatted(path, Long.toUnsignedString(headerBytes)));
    }
    this.dataStart = LENGTH_BYTES + headerBytes;
    if (dataStart > size) {
      throw new ModelFormatException(
          "%s is truncated: its header needs %d bytes, the file has %d"
              .formatted(path, dataStart, size));
    }
    byte[] json = fully(LENGTH_BYTES, ByteBuffer.allocate((int) headerBytes)).array();
    this.header = SafetensorsHeader.parse(path, json, size - dataStart);
  }

  /**
   * Reads and checks the header.
   *
   * @throws ModelFormatException naming the file where it is absent, truncated or unsound
   */
  public static SafetensorsFile open(Path path) {
    if (!Files.isRegularFile(path)) {
      throw new ModelFormatException("%s: no such file".formatted(path));
    }
    try {
      FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
      try {
        return new SafetensorsFile(path, channel);
      } catch (IOException | RuntimeException e) {
        channel.close();
        throw e;
      }
    } catch (IOException e) {
      throw new ModelFormatException("%s cannot be read: %s".formatted(path, e.getMessage()), e);
    }
  }

  public Path path() {
    return path;
  }

  /** Free text pairs of the header, such as format = pt. */
  public Map<String, String> metadata() {
    return Collections.unmodifiableMap(header.metadata());
  }

  /** All tensors by name, in the order of their data. */
  public Map<String, TensorInfo> tensors() {
    return Collections.unmodifiableMap(header.tensors());
  }

  /**
   * One tensor's place.
   *
   * @throws ModelFormatException where the file has no such tensor
   */
  public TensorInfo tensor(String name) {
    TensorInfo tensor = header.tensors().get(name);
    if (tensor == null) {
      throw new ModelFormatException(
          "%s has no tensor \"%s\" (it holds %d tensors). Does config.json belong to this file?"
              .formatted(path, name, header.tensors().size()));
    }
    return tensor;
  }

  /** The tensor in a new direct little-endian buffer, from position 0 to its limit. */
  public ByteBuffer read(String name) {
    return read(name, ByteBuffer.allocateDirect(0));
  }

  /**
   * The tensor in {@code reused} if that is direct and large enough, else in a new larger buffer:
   * keep what is returned for the next call. Position 0, limit = length, little-endian.
   *
   * @throws ModelFormatException for a tensor above 2 GiB; read that with {@link #readChunk}
   */
  public ByteBuffer read(String name, ByteBuffer reused) {
    long length = tensor(name).bytes();
    if (length > Integer.MAX_VALUE) {
      throw new ModelFormatException(
          "%s: tensor \"%s\" has %d bytes, too many to be read in one piece"
              .formatted(path, name, length));
    }
    boolean fits = reused.isDirect() && reused.capacity() >= length;
    ByteBuffer target = fits ? reused : ByteBuffer.allocateDirect((int) length);
    target.clear().limit((int) length);
    readChunk(name, 0, target);
    target.flip();
    return target.order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * Fills what remains of {@code target} with the tensor's bytes from {@code offset} on.
   *
   * @param offset counted in bytes from the tensor's first
   */
  public void readChunk(String name, long offset, ByteBuffer target) {
    TensorInfo tensor = tensor(name);
    if (offset < 0 || offset + target.remaining() > tensor.bytes()) {
      throw new IllegalArgumentException(
          "%d bytes from %d on asked of tensor \"%s\", which has %d"
              .formatted(target.remaining(), offset, name, tensor.bytes()));
    }
    try {
      fill(dataStart + tensor.begin() + offset, target);
    } catch (IOException e) {
      throw new UncheckedIOException(path + " cannot be read", e);
    }
  }

  /** All elements as float32, row-major; wider types are rounded, narrower ones widened exactly. */
  public float[] readFloats(String name) {
    return ElementConversion.toFloats(read(name), tensor(name).dtype());
  }

  /** All elements of an integer or boolean tensor, row-major. */
  public long[] readLongs(String name) {
    TensorInfo tensor = tensor(name);
    if (tensor.dtype().isFloat()) {
      throw new ModelFormatException(
          "%s: tensor \"%s\" is %s, an integer type is needed"
              .formatted(path, name, tensor.dtype()));
    }
    return ElementConversion.toLongs(read(name), tensor.dtype());
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(path + " cannot be closed", e);
    }
  }

  private ByteBuffer fully(long position, ByteBuffer target) throws IOException {
    fill(position, target);
    return target.flip().order(ByteOrder.LITTLE_ENDIAN);
  }

  private void fill(long position, ByteBuffer target) throws IOException {
    long at = position;
    while (target.hasRemaining()) {
      int count = channel.read(target, at);
      if (count < 0) {
        throw new ModelFormatException(
            "%s ends at byte %d, %d more are needed. Is it being written?"
                .formatted(path, at, target.remaining()));
      }
      at += count;
    }
  }
}
