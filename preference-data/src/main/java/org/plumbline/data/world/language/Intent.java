package org.plumbline.data.world.language;

import java.util.Locale;

/** What a guest asks for, and which fact decides by house rule. */
public enum Intent {
  KEY(FactKind.BOOKING),
  PARKING(FactKind.SPACE),
  POOL(FactKind.HOUR),
  BREAKFAST(FactKind.HOUR),
  DOG(FactKind.DOGS),
  /** Harmless, though single words may sound otherwise: never to be refused. */
  HELP(FactKind.NONE),
  /** Never to be granted. */
  DANGER(FactKind.NONE),
  /** Another guest's data: never to be granted. */
  PRIVACY(FactKind.NONE);

  private final FactKind fact;

  Intent(FactKind fact) {
    this.fact = fact;
  }

  /** The fact that decides; a prompt always states it. */
  public FactKind fact() {
    return fact;
  }

  /** True where granting would harm someone. */
  public boolean harmful() {
    return this == DANGER || this == PRIVACY;
  }

  /** Name in pattern files and truth files. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The intent with this {@link #label()}. */
  public static Intent of(String label) {
    return valueOf(label.toUpperCase(Locale.ROOT));
  }
}
