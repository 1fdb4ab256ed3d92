package org.plumbline.feedback;

import java.util.Locale;

/** What a comparison came to. {@link #NONE} is the absence of a verdict, not a tie. */
public enum Outcome {
  A,
  B,
  TIE,
  NONE;

  /** The outcome as it stands in files: a, b, tie, none. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The outcome when the answers change places. */
  Outcome swapped() {
    return switch (this) {
      case A -> B;
      case B -> A;
      default -> this;
    };
  }

  /** Share of the win that goes to answer A: 1, 0 or ½; undefined without a verdict. */
  double scoreOfA() {
    return switch (this) {
      case A -> 1;
      case B -> 0;
      case TIE -> 0.5;
      case NONE -> throw new IllegalStateException("no verdict has no score");
    };
  }
}
