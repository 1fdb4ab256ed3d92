package org.plumbline.data.format;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.plumbline.data.Judgement;

/** Words for the outcome of a comparison of two answers. */
final class Winner {
  private static final Set<String> FIRST =
      Set.of(
          "a",
          "1",
          "first",
          "left",
          "model_a",
          "model_1",
          "answer_a",
          "answer_1",
          "response_a",
          "response_1",
          "output_1",
          "answer1",
          "response1",
          "response-1",
          "chosen");
  private static final Set<String> SECOND =
      Set.of(
          "b",
          "2",
          "second",
          "right",
          "model_b",
          "model_2",
          "answer_b",
          "answer_2",
          "response_b",
          "response_2",
          "output_2",
          "answer2",
          "response2",
          "response-2",
          "rejected");
  private static final Set<String> TIE =
      Set.of("tie", "tie (bothbad)", "=", "equal", "same", "draw", "both", "neither");
  private static final Set<String> NONE =
      Set.of("none", "skip", "skipped", "error", "abstain", "unsure", "");

  private Winner() {}

  /** What the word says; empty for a word that says nothing known. */
  static Optional<Judgement> of(String word) {
    String known = word.strip().toLowerCase(Locale.ROOT);
    if (FIRST.contains(known)) {
      return Optional.of(Judgement.better(true));
    }
    if (SECOND.contains(known)) {
      return Optional.of(Judgement.better(false));
    }
    if (TIE.contains(known)) {
      return Optional.of(Judgement.tie(2));
    }
    return NONE.contains(known)
        ? Optional.of(Judgement.of(Judgement.Kind.ABSTAINED))
        : Optional.empty();
  }

  /** The judgement under one of the keys. */
  static Judgement in(Row row, String key) {
    String word = row.json().path(key).asText();
    return of(word)
        .orElseThrow(
            () ->
                row.bad(
                    "\"%s\" is %s; needed: one of %s"
                        .formatted(
                            key,
                            Row.shown(row.json().path(key)),
                            List.of("a", "b", "tie", "none"))));
  }
}
