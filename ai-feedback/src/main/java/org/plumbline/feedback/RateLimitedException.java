package org.plumbline.feedback;

import java.time.Duration;
import java.util.Optional;

/** The endpoint is well but wants us to wait (HTTP 429). */
class RateLimitedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Optional<Duration> retryAfter;

  RateLimitedException(Optional<Duration> retryAfter) {
    super("HTTP 429, too many requests");
    this.retryAfter = retryAfter;
  }

  /** The wait the server asked for. */
  Optional<Duration> retryAfter() {
    return retryAfter;
  }
}
