package org.plumbline.data.source;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Bytes of which no single row may have too many: an open quote would swallow the whole file. */
final class BoundedRows extends FilterInputStream {
  /** Most bytes of a row, as for JSON lines. */
  static final int MOST = 32 << 20;

  /** A row that is too long. */
  static final class RowTooLongException extends IOException {
    private static final long serialVersionUID = 1L;

    RowTooLongException() {
      super(
          "is longer than %d bytes; no row may be. A quote or bracket that is never closed?"
              .formatted(MOST));
    }
  }

  private long sinceRow;

  BoundedRows(InputStream in) {
    super(in);
  }

  /** A new row begins about here. */
  void rowBegins() {
    sinceRow = 0;
  }

  @Override
  public int read() throws IOException {
    int value = super.read();
    count(1);
    return value;
  }

  @Override
  public int read(byte[] block, int offset, int length) throws IOException {
    int read = super.read(block, offset, length);
    count(Math.max(0, read));
    return read;
  }

  private void count(int bytes) throws IOException {
    sinceRow += bytes;
    if (sinceRow > MOST) {
      throw new RowTooLongException();
    }
  }
}
