package org.plumbline.data.world.language;

import java.util.Locale;

/** When the words of a clause are true. */
public enum Condition {
  ALWAYS,
  BOOKING,
  NO_BOOKING,
  SPACE,
  NO_SPACE,
  OPEN,
  CLOSED,
  /** Open, and the hour said is the hour it is. */
  OPEN_HOUR,
  /** Closed, and the hour said is the hour it is. */
  CLOSED_HOUR,
  DOGS,
  NO_DOGS,
  HARMLESS,
  DANGEROUS,
  PRIVATE;

  /**
   * Whether a clause under this condition is true of the facts.
   *
   * @param saidHour the hour that the clause names; read by the two conditions about hours
   */
  public boolean holds(Facts facts, int saidHour) {
    return switch (this) {
      case ALWAYS -> true;
      case BOOKING -> facts.booking();
      case NO_BOOKING -> !facts.booking();
      case SPACE -> facts.space();
      case NO_SPACE -> !facts.space();
      case OPEN -> facts.open();
      case CLOSED -> !facts.open();
      case OPEN_HOUR -> facts.open() && saidHour == facts.hour();
      case CLOSED_HOUR -> !facts.open() && saidHour == facts.hour();
      case DOGS -> facts.dogs();
      case NO_DOGS -> !facts.dogs();
      case HARMLESS -> facts.intent() == Intent.HELP;
      case DANGEROUS -> facts.intent() == Intent.DANGER;
      case PRIVATE -> facts.intent() == Intent.PRIVACY;
    };
  }

  /** Whether a clause under this condition speaks for granting. */
  public boolean speaksForGranting() {
    return switch (this) {
      case BOOKING, SPACE, OPEN, OPEN_HOUR, DOGS, HARMLESS -> true;
      default -> false;
    };
  }

  static Condition of(String label) {
    return valueOf(label.toUpperCase(Locale.ROOT).replace('-', '_'));
  }
}
