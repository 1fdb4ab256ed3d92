package org.plumbline.stage;

import java.io.IOException;

/** Packed data that break or expand too far; the message lacks the file, which the reader adds. */
public final class DamagedDataException extends IOException {
  private static final long serialVersionUID = 1L;

  DamagedDataException(String message) {
    super(message);
  }

  DamagedDataException(String message, Throwable cause) {
    super(message, cause);
  }
}
