package org.plumbline.data;

import java.util.Locale;
import java.util.Optional;

/**
 * Who judged.
 *
 * @param name as the source gives it; empty if unknown
 * @param kind person or judge
 * @param version of the judge: model date, prompt or rubric; empty if unknown
 */
public record Annotator(String name, Kind kind, String version) {
  /** Nothing is known of the annotator. */
  public static final Annotator UNKNOWN = new Annotator("", Kind.UNKNOWN, "");

  /** Sorts of annotators. */
  public enum Kind {
    /** A human. */
    PERSON,
    /** A model that judges. */
    JUDGE,
    /** Not said. */
    UNKNOWN;

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

  /** A human. */
  public static Annotator person(String name) {
    return new Annotator(name, Kind.PERSON, "");
  }

  /** A model that judges. */
  public static Annotator judge(String name, String version) {
    return new Annotator(name, Kind.JUDGE, version);
  }

  /** Someone of whom the name alone is known. */
  public static Annotator named(String name) {
    return new Annotator(name, Kind.UNKNOWN, "");
  }
}
