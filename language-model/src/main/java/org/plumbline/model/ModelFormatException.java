package org.plumbline.model;

/**
 * A model folder, adapter folder or one of their files is not what it should be. The message names
 * file and key, what was found, what is needed and the likely cause; it is meant for the user.
 */
public final class ModelFormatException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ModelFormatException(String message) {
    super(message);
  }

  public ModelFormatException(String message, Throwable cause) {
    super(message, cause);
  }
}
