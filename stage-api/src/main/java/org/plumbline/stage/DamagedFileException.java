package org.plumbline.stage;

/** A file behind whose fault there are no rows to go on with. */
public final class DamagedFileException extends UserException {
  private static final long serialVersionUID = 1L;

  public DamagedFileException(String message, Throwable cause) {
    super(message, cause);
  }
}
