package org.plumbline.feedback;

/** No answer from the judge after all retries. Says nothing about the pair, which can wait. */
public class JudgeUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public JudgeUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
