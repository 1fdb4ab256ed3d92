package org.plumbline.data.format;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;

/** Moments as exports write them. */
final class Times {
  private static final double NANOS = 1e9;
  private static final double LATEST_SECONDS = 4e9; // the year 2096; milliseconds lie far above

  private Times() {}

  /** ISO 8601 with an offset or Z. */
  static Optional<Instant> parse(String text) {
    try {
      return Optional.of(OffsetDateTime.parse(text).toInstant());
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  static Optional<Instant> ofSeconds(double seconds) {
    if (seconds < 0 || seconds > LATEST_SECONDS) {
      return Optional.empty();
    }
    double whole = Math.floor(seconds);
    return Optional.of(
        Instant.ofEpochSecond((long) whole, Math.round((seconds - whole) * NANOS / 1000) * 1000));
  }
}
