package org.plumbline.data;

import java.time.Instant;
import java.util.Optional;

/**
 * Where a judgement comes from.
 *
 * @param time when it was made, if known
 * @param guideline version of the guideline that the annotator followed; empty if unknown
 * @param gold whether the answer is known to be right: a test item for annotators
 * @param source file and row it was read from, such as {@code pairs.jsonl:7}; empty if made here
 */
public record Provenance(
    Annotator annotator, Optional<Instant> time, String guideline, boolean gold, String source) {
  /** Only the source is known. */
  public static Provenance of(String source) {
    return new Provenance(Annotator.UNKNOWN, Optional.empty(), "", false, source);
  }
}
