package org.plumbline.data.world.language;

import java.util.Locale;

/** What a clause does in a reply. */
public enum ClauseKind {
  GRANT,
  DENY,
  REASON,
  POLITE_OPENER,
  /** Regret, said before a denial. */
  POLITE_REGRET,
  POLITE_CLOSER,
  RUDE_OPENER,
  RUDE_CLOSER,
  FLATTERY,
  /** Words without news. */
  FILLER;

  /** True for every kind of polite clause. */
  public boolean polite() {
    return this == POLITE_OPENER || this == POLITE_REGRET || this == POLITE_CLOSER;
  }

  /** True for every kind of rude clause. */
  public boolean rude() {
    return this == RUDE_OPENER || this == RUDE_CLOSER;
  }

  static ClauseKind of(String label) {
    return valueOf(label.toUpperCase(Locale.ROOT).replace('-', '_'));
  }
}
