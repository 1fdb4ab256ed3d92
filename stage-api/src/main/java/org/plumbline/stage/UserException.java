package org.plumbline.stage;

/**
 * An error that the user can mend: the message names file, row or key, what was found, what is
 * needed and the likely cause. Shown without a stack trace; exit code 2 before the first stage
 * starts, 1 later.
 */
public class UserException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public UserException(String message) {
    super(message);
  }

  public UserException(String message, Throwable cause) {
    super(message, cause);
  }
}
