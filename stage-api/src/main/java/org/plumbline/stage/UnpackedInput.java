package org.plumbline.stage;

import com.github.luben.zstd.ZstdIOException;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.ZipException;

/** Unpacked bytes; where the packed ones break or expand too far the error says so. */
final class UnpackedInput extends FilterInputStream {
  private final String kind;
  private final CountedInput packed;
  private final ExpansionLimit limit;
  private long count;

  UnpackedInput(String kind, CountedInput packed, InputStream unpacked, ExpansionLimit limit) {
    super(unpacked);
    this.kind = kind;
    this.packed = packed;
    this.limit = limit;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] block, int offset, int length) throws IOException {
    int read;
    try {
      read = super.read(block, offset, length);
    } catch (EOFException | ZipException | ZstdIOException e) {
      throw new DamagedDataException(
          "the %s data end or break here. Truncated file?".formatted(kind), e);
    }
    count += Math.max(0, read);
    if (limit.exceeded(packed.count(), count)) {
      throw new DamagedDataException(
          "%d bytes of %s data became more than %d: refused as a compression bomb; unpack the file yourself if it is what you expect"
              .formatted(packed.count(), kind, count));
    }
    return read;
  }
}
