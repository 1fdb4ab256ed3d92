package org.plumbline.data.format;

import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import org.plumbline.data.Annotator;
import org.plumbline.data.Answer;
import org.plumbline.data.DatasetShape;
import org.plumbline.data.Judgement;
import org.plumbline.data.Preference;

/**
 * AlpacaEval's {@code annotations.json} (tatsu-lab/alpaca_eval): {@code preference} is 1 where
 * output_1 is better, 2 where output_2 is; 0 or 1.5 is a draw, null no verdict; weighted annotators
 * give numbers between, whose distance from 1.5, doubled, is the margin from 0 to 1.
 */
record AlpacaEvalFormat() implements Dialect<Preference> {
  private static final double DRAW = 1.5;
  private static final Set<String> TAKEN =
      Set.of(
          "instruction",
          "output_1",
          "output_2",
          "generator_1",
          "generator_2",
          "annotator",
          "preference");

  @Override
  public Optional<String> recognise(Row row) {
    return row.hasAll("instruction", "output_1", "output_2", "preference")
        ? Optional.of("instruction, output_1, output_2 and preference")
        : Optional.empty();
  }

  @Override
  public Parsed<Preference> read(Row row) {
    OptionalDouble preference = row.number("preference");
    return new Draft(row, DatasetShape.ALPACA_EVAL, TAKEN)
        .question(row.text("instruction"))
        .answer(Answer.of(row.text("output_1"), row.textOr("generator_1", "")))
        .answer(Answer.of(row.text("output_2"), row.textOr("generator_2", "")))
        .judged(judgement(row, preference))
        .by(Annotator.judge(row.textOr("annotator", ""), ""))
        .done();
  }

  private static Judgement judgement(Row row, OptionalDouble preference) {
    if (preference.isEmpty()) {
      return Judgement.of(Judgement.Kind.ABSTAINED);
    }
    double value = preference.getAsDouble();
    if (value == 0 || value == DRAW) {
      return Judgement.tie(2);
    }
    if (value < 1 || value > 2) {
      throw row.bad(
          "\"preference\" is %s; needed: 0 or 1.5 (draw), or from 1 (output_1) to 2 (output_2)"
              .formatted(Row.shown(row.json().path("preference"))));
    }
    Judgement better = Judgement.better(value < DRAW);
    return value == 1 || value == 2
        ? better
        : better.by(OptionalDouble.of(2 * Math.abs(value - DRAW)));
  }
}
