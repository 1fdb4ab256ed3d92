package org.plumbline.model.engine;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writes the archive that {@code torch::jit::load} reads: a zip of stored entries with the code and
 * a pickle (protocol 2) of the module's attributes.
 */
final class TorchScriptArchive {
  /**
   * Serialisation format whose operator schemas are today's (caffe2
   * kMaxSupportedFileFormatVersion).
   */
  private static final String VERSION = "10\n";

  private TorchScriptArchive() {}

  static byte[] write(String code, Map<String, Object> attributes) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      put(zip, "kernels/data.pkl", pickle(attributes));
      put(zip, "kernels/code/__torch__.py", code.getBytes(StandardCharsets.UTF_8));
      put(zip, "kernels/constants.pkl", new byte[] {(byte) 0x80, 2, ')', '.'});
      put(zip, "kernels/version", VERSION.getBytes(StandardCharsets.US_ASCII));
    }
    return bytes.toByteArray();
  }

  private static void put(ZipOutputStream zip, String name, byte[] content) throws IOException {
    ZipEntry entry = new ZipEntry(name);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(content.length);
    CRC32 crc = new CRC32();
    crc.update(content);
    entry.setCrc(crc.getValue());
    entry.setTime(0);
    zip.putNextEntry(entry);
    zip.write(content);
    zip.closeEntry();
  }

  /** An object of class {@code __torch__.Kernels} whose state is the attributes. */
  private static byte[] pickle(Map<String, Object> attributes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(new byte[] {(byte) 0x80, 2});
    out.write("c__torch__\nKernels\n".getBytes(StandardCharsets.US_ASCII));
    out.write(new byte[] {')', (byte) 0x81, '}', '('});
    Map<String, Object> all = new TreeMap<>(attributes);
    all.put("training", true);
    for (Map.Entry<String, Object> attribute : all.entrySet()) {
      string(out, attribute.getKey());
      value(out, attribute.getValue());
    }
    out.write(new byte[] {'u', 'b', '.'});
    return out.toByteArray();
  }

  private static void value(ByteArrayOutputStream out, Object value) throws IOException {
    if (value instanceof Boolean bool) {
      out.write(bool ? 0x88 : 0x89);
    } else if (value instanceof Integer number) {
      out.write('J');
      out.write(little().putInt(number).array());
    } else if (value instanceof Double number) {
      out.write('G');
      out.write(ByteBuffer.allocate(8).putDouble(number).array());
    } else if (value instanceof String text) {
      string(out, text);
    } else {
      throw new IllegalArgumentException("no attribute type for " + value.getClass().getName());
    }
  }

  private static void string(ByteArrayOutputStream out, String text) throws IOException {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    out.write('X');
    out.write(little().putInt(utf8.length).array());
    out.write(utf8);
  }

  private static ByteBuffer little() {
    return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
  }
}
