package org.plumbline.data;

import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What an annotator said of some answers.
 *
 * @param kind which sort of statement
 * @param ranks one per answer where they were {@link Kind#RANKED}: 1 is best, equal ranks are a
 *     tie; else empty
 * @param margin by how much the best leads, in the annotator's unit; the strength of a preference
 */
public record Judgement(Kind kind, List<Integer> ranks, OptionalDouble margin) {
  /** Sorts of statements. */
  public enum Kind {
    /** The answers were put in an order, perhaps with ties. */
    RANKED,
    /** The answers have scores and no order of their own. */
    RATED,
    /** The one answer is good. */
    DESIRABLE,
    /** The one answer is bad. */
    UNDESIRABLE,
    /** The annotator saw the answers and gave no verdict. */
    ABSTAINED;

    /** Spelling in files. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** The kind spelt so, if there is one. */
    public static Optional<Kind> of(String label) {
      for (Kind kind : values()) {
        if (kind.label().equals(label)) {
          return Optional.of(kind);
        }
      }
      return Optional.empty();
    }
  }

  public Judgement {
    ranks = List.copyOf(ranks);
    if ((kind == Kind.RANKED) == ranks.isEmpty()) {
      throw new IllegalArgumentException("ranks %s of a judgement %s".formatted(ranks, kind));
    }
    if (!ranks.isEmpty() && Collections.min(ranks) != 1) {
      throw new IllegalArgumentException("the best of the ranks %s must be 1".formatted(ranks));
    }
  }

  /** An order: one rank per answer, 1 is best. */
  public static Judgement ranked(List<Integer> ranks) {
    return new Judgement(Kind.RANKED, ranks, OptionalDouble.empty());
  }

  /** An order by scores, higher is better; equal scores are a tie. */
  public static Judgement byScores(List<Double> scores) {
    return ranked(
        scores.stream()
            .map(own -> 1 + (int) scores.stream().filter(other -> other > own).count())
            .toList());
  }

  /** Of two answers the first or the second is better. */
  public static Judgement better(boolean first) {
    return ranked(first ? List.of(1, 2) : List.of(2, 1));
  }

  /** All are equally good. */
  public static Judgement tie(int answers) {
    return ranked(Collections.nCopies(answers, 1));
  }

  /** A statement without an order. */
  public static Judgement of(Kind kind) {
    return new Judgement(kind, List.of(), OptionalDouble.empty());
  }

  /** The same with a strength. */
  public Judgement by(OptionalDouble strength) {
    return new Judgement(kind, ranks, strength);
  }

  /** Whether all answers share one rank. */
  public boolean isTie() {
    return kind == Kind.RANKED && Collections.max(ranks) == 1;
  }
}
