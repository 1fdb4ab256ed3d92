package org.plumbline.data;

/** Why a row that could be read was still kept out. */
public enum SkipReason {
  UNEQUAL_PROMPTS("unequal last prompts"),
  EMPTY_ANSWER("empty answer"),
  IDENTICAL_ANSWERS("identical answers"),
  NO_PAIR("no pair"),
  MALFORMED("malformed row");

  private final String label;

  SkipReason(String label) {
    this.label = label;
  }

  /** The reason in reports. */
  public String label() {
    return label;
  }
}
