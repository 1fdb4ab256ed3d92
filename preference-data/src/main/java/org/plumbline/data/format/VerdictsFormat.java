package org.plumbline.data.format;

import java.util.List;
import java.util.Optional;
import org.plumbline.data.Answer;
import org.plumbline.data.DatasetShape;
import org.plumbline.data.Message;
import org.plumbline.data.Preference;

/**
 * What tables of colleagues and {@code plumbline judge} look like: a prompt, two answers, and which
 * won.
 */
record VerdictsFormat() implements Dialect<Preference> {
  private static final List<List<String>> ANSWERS =
      List.of(
          List.of("answer_a", "answer_b"),
          List.of("response_a", "response_b"),
          List.of("answer_1", "answer_2"),
          List.of("response_1", "response_2"),
          List.of("completion_a", "completion_b"),
          List.of("output_1", "output_2"));
  private static final List<String> WINNER =
      List.of("winner", "verdict", "preferred", "preference");

  @Override
  public Optional<String> recognise(Row row) {
    Optional<String> winner = WINNER.stream().filter(row.json()::has).findFirst();
    return answers(row)
        .filter(answers -> row.has("prompt") && winner.isPresent())
        .map(answers -> "prompt, %s and %s".formatted(String.join(", ", answers), winner.get()));
  }

  private static Optional<List<String>> answers(Row row) {
    return ANSWERS.stream()
        .filter(pair -> row.has(pair.get(0)) && row.has(pair.get(1)))
        .findFirst();
  }

  @Override
  public Parsed<Preference> read(Row row) {
    List<String> keys =
        answers(row)
            .orElseThrow(
                () ->
                    row.bad(
                        "two answers are missing; needed: answer_a and answer_b (or %s); found: %s"
                            .formatted(ANSWERS.subList(1, ANSWERS.size()), row.keys())));
    String winner =
        WINNER.stream()
            .filter(row.json()::has)
            .findFirst()
            .orElseThrow(
                () ->
                    row.bad(
                        "the winner is missing; needed: one of %s; found: %s"
                            .formatted(WINNER, row.keys())));
    boolean raw = row.isText("prompt");
    return OwnFields.draft(
            row,
            DatasetShape.VERDICT,
            List.of(keys.get(0), keys.get(1), winner, "model_a", "model_b"))
        .prompt(raw ? List.of(Message.raw(row.text("prompt"))) : row.messages("prompt"))
        .answer(Answer.of(row.text(keys.get(0)), row.textOr("model_a", "")))
        .answer(Answer.of(row.text(keys.get(1)), row.textOr("model_b", "")))
        .judged(Winner.in(row, winner))
        .done();
  }
}
