package org.plumbline.data.world.language;

import java.util.Locale;

/** Patterns and slot combinations belong to exactly one split. */
public enum WorldSplit {
  TRAIN,
  VALIDATION,
  TEST;

  /** Name in file names and pattern files. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
