package org.plumbline.stage;

/** A stop was requested and a checkpoint stands: exit code 130, resumable. */
public class StoppedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public StoppedException(String message) {
    super(message);
  }
}
