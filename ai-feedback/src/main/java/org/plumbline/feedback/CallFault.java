package org.plumbline.feedback;

/** A call that failed in a way that may pass: connection, server error, unreadable response. */
class CallFault extends RuntimeException {
  private static final long serialVersionUID = 1L;

  CallFault(String message, Throwable cause) {
    super(message, cause);
  }

  CallFault(String message) {
    super(message);
  }
}
