package org.plumbline.data.world.language;

import java.util.Locale;

/** A kind of fact that a prompt can state. */
public enum FactKind {
  BOOKING,
  SPACE,
  HOUR,
  DOGS,
  /** Nothing to state: the intent alone decides. */
  NONE;

  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
