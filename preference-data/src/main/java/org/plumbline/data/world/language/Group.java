package org.plumbline.data.world.language;

import java.util.Locale;

/**
 * Invented peoples; a guest belongs to one by name or by what he states. They differ in nothing
 * else.
 */
public enum Group {
  ARDAN,
  BELMI;

  /** Name of the group, and of its land in prompts. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The group with this {@link #label()}. */
  public static Group of(String label) {
    return valueOf(label.toUpperCase(Locale.ROOT));
  }
}
