package org.plumbline.data;

import java.util.Locale;
import java.util.Optional;

/** What an annotator said of a pair. */
public enum Outcome {
  /** The chosen answer is better. */
  CHOSEN,
  /** Both are equally good; chosen and rejected are in no order. */
  TIE,
  /** No verdict was reached. */
  NONE;

  /** Spelling in files. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The outcome spelt so, if there is one. */
  public static Optional<Outcome> of(String label) {
    for (Outcome outcome : values()) {
      if (outcome.label().equals(label)) {
        return Optional.of(outcome);
      }
    }
    return Optional.empty();
  }
}
