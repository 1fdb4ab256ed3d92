package org.plumbline.data;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * Two answers to one prompt, and which is better.
 *
 * @param chosen the better answer, unless {@code outcome} says otherwise
 * @param margin by how much it is better, in the annotator's unit
 * @param annotator who said so; empty if unknown
 * @param source file and line it was read from; empty if made here
 * @param extra every other field of the row, in their order
 */
public record PreferencePair(
    String id,
    Prompt prompt,
    String chosen,
    String rejected,
    Outcome outcome,
    OptionalDouble margin,
    String annotator,
    String source,
    Map<String, JsonNode> extra) {
  public PreferencePair {
    extra = Fields.copy(extra);
  }

  /** A decided pair of an annotator, without margin, source or further fields. */
  public PreferencePair(
      String id, Prompt prompt, String chosen, String rejected, String annotator) {
    this(
        id,
        prompt,
        chosen,
        rejected,
        Outcome.CHOSEN,
        OptionalDouble.empty(),
        annotator,
        "",
        Map.of());
  }
}
