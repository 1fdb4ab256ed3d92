package org.plumbline.data;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * One of the answers that an annotator saw.
 *
 * @param turns what follows the prompt, ending with a turn of the assistant: one turn, or several
 *     where whole conversations were compared
 * @param model who wrote it; empty if unknown
 * @param score what the annotator gave it, in the annotator's unit, higher is better
 * @param extra further fields of the answer, in their order
 */
public record Answer(
    List<Message> turns, String model, OptionalDouble score, Map<String, JsonNode> extra) {
  public Answer {
    turns = List.copyOf(turns);
    extra = Fields.copy(extra);
    if (turns.isEmpty() || !turns.get(turns.size() - 1).role().equals(Message.ASSISTANT)) {
      throw new IllegalArgumentException("an answer must end with a turn of the assistant");
    }
  }

  /** An answer of one turn, of which nothing else is known. */
  public static Answer of(String text) {
    return of(text, "");
  }

  /** An answer of one turn by a model. */
  public static Answer of(String text, String model) {
    return of(List.of(new Message(Message.ASSISTANT, text))).by(model);
  }

  /** Turns of which nothing else is known. */
  public static Answer of(List<Message> turns) {
    return new Answer(turns, "", OptionalDouble.empty(), Map.of());
  }

  /** The same, written by this model. */
  public Answer by(String author) {
    return new Answer(turns, author, score, extra);
  }

  /** The same with a score. */
  public Answer scored(OptionalDouble given) {
    return new Answer(turns, model, given, extra);
  }

  /** The same with further fields. */
  public Answer with(Map<String, JsonNode> fields) {
    return new Answer(turns, model, score, fields);
  }

  /** Content of the last turn. */
  public String text() {
    return turns.get(turns.size() - 1).content();
  }

  /** Whether it is one turn and not a conversation. */
  public boolean isOneTurn() {
    return turns.size() == 1;
  }

  /** Whether it is one turn of nothing but text. */
  public boolean isPlain() {
    return isOneTurn() && turns.get(0).extra().isEmpty();
  }

  /** Whether its last turn says and calls nothing. */
  public boolean isBlank() {
    return text().isBlank() && !turns.get(turns.size() - 1).callsTools();
  }
}
