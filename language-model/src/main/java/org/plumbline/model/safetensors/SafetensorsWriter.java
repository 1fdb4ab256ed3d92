package org.plumbline.model.safetensors;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.plumbline.model.AtomicFile;

/**
 * Streams tensors into one safetensors file. Nothing stands under the file's own name before {@link
 * #finish()}; closing without it leaves the earlier file, if any, as it was. Equal tensors give
 * equal bytes, whatever the order of writing.
 */
public final class SafetensorsWriter implements AutoCloseable {
  private static final int CHUNK_ELEMENTS = 1 << 16;
  private static final Map<String, String> TORCH = Map.of("format", "pt");

  private final AtomicFile file;
  private final Map<String, TensorInfo> layout = new LinkedHashMap<>();
  private final Map<String, Long> written = new LinkedHashMap<>();
  private final long dataStart;

  private SafetensorsWriter(Path path, List<TensorSpec> specs, Map<String, String> metadata)
      throws IOException {
    // Larger elements first keeps every tensor aligned; the sort is stable.
    List<TensorSpec> order = new ArrayList<>(specs);
    order.sort(Comparator.comparingInt((TensorSpec spec) -> spec.dtype().bytes()).reversed());
    long position = 0;
    for (TensorSpec spec : order) {
      TensorInfo info = new TensorInfo(spec, position, position + spec.bytes());
      if (layout.put(spec.name(), info) != null) {
        throw new IllegalArgumentException(
            "tensor \"%s\" is declared twice".formatted(spec.name()));
      }
      written.put(spec.name(), 0L);
      position = info.end();
    }
    byte[] header = header(metadata);
    this.dataStart = header.length;
    this.file = AtomicFile.create(path);
    try {
      writeFully(ByteBuffer.wrap(header), 0);
    } catch (IOException e) {
      file.close();
      throw e;
    }
  }

  /** A file of these tensors with the metadata that transformers asks for. */
  public static SafetensorsWriter create(Path file, List<TensorSpec> specs) {
    return create(file, specs, TORCH);
  }

  public static SafetensorsWriter create(
      Path file, List<TensorSpec> specs, Map<String, String> metadata) {
    try {
      return new SafetensorsWriter(file, specs, metadata);
    } catch (IOException e) {
      throw AtomicFile.failed(file, e);
    }
  }

  private byte[] header(Map<String, String> metadata) {
    ObjectNode root = new ObjectMapper().createObjectNode();
    ObjectNode free = root.putObject("__metadata__");
    new TreeMap<>(metadata).forEach(free::put);
    for (TensorInfo tensor : layout.values()) {
      ObjectNode entry = root.putObject(tensor.name()).put("dtype", tensor.dtype().name());
      for (long size : tensor.shape()) {
        entry.withArray("shape").add(size);
      }
      entry.withArray("shape"); // a scalar's is empty but present
      entry.putArray("data_offsets").add(tensor.begin()).add(tensor.end());
    }
    byte[] json = root.toString().getBytes(StandardCharsets.UTF_8);
    int padded = (json.length + 7) / 8 * 8;
    ByteBuffer bytes = ByteBuffer.allocate(8 + padded).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(padded).put(json);
    while (bytes.hasRemaining()) {
      bytes.put((byte) ' ');
    }
    return bytes.array();
  }

  /** Appends raw little-endian bytes to a declared tensor; a tensor may come in several pieces. */
  public void write(String name, ByteBuffer data) {
    TensorInfo tensor = declared(name);
    long done = written.getOrDefault(name, 0L);
    if (done + data.remaining() > tensor.bytes()) {
      throw new IllegalArgumentException(
          "%s has %d bytes, %d were given"
              .formatted(tensor.spec(), tensor.bytes(), done + data.remaining()));
    }
    written.put(name, done + data.remaining());
    try {
      writeFully(data, dataStart + tensor.begin() + done);
    } catch (IOException e) {
      throw AtomicFile.failed(file.target(), e);
    }
  }

  /** Appends values, rounded to the declared element type. */
  public void write(String name, float[] values) {
    DType type = declared(name).dtype();
    int chunk = Math.min(values.length, CHUNK_ELEMENTS);
    ByteBuffer buffer = ByteBuffer.allocate(chunk * type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    for (int from = 0; from < values.length; from += chunk) {
      buffer.clear();
      ElementConversion.put(buffer, type, values, from, Math.min(values.length, from + chunk));
      write(name, buffer.flip());
    }
  }

  /** Checks that every tensor is complete, then makes the file appear under its name. */
  public void finish() {
    for (TensorInfo tensor : layout.values()) {
      long done = written.getOrDefault(tensor.name(), 0L);
      if (done != tensor.bytes()) {
        throw new IllegalStateException(
            "%s: %d of the %d bytes of %s were written"
                .formatted(file.target(), done, tensor.bytes(), tensor.spec()));
      }
    }
    try {
      file.commit();
    } catch (IOException e) {
      throw AtomicFile.failed(file.target(), e);
    }
  }

  @Override
  public void close() {
    file.close();
  }

  private TensorInfo declared(String name) {
    TensorInfo tensor = layout.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException("tensor \"%s\" was not declared".formatted(name));
    }
    return tensor;
  }

  private void writeFully(ByteBuffer data, long position) throws IOException {
    FileChannel channel = file.channel();
    long at = position;
    while (data.hasRemaining()) {
      at += channel.write(data, at);
    }
  }
}
