package org.plumbline.data.format;

import java.util.Optional;
import java.util.Set;
import org.plumbline.data.Answer;
import org.plumbline.data.DatasetShape;
import org.plumbline.data.Judgement;
import org.plumbline.data.Preference;

/**
 * Stanford Human Preferences (stanfordnlp/SHP, dataset card): {@code history}, {@code human_ref_A},
 * {@code human_ref_B}; {@code labels} is 1 where A is preferred. The scores are votes of readers,
 * so no single annotator stands behind a row.
 */
record ShpFormat() implements Dialect<Preference> {
  private static final Set<String> TAKEN =
      Set.of("history", "human_ref_A", "human_ref_B", "labels", "score_A", "score_B");

  @Override
  public Optional<String> recognise(Row row) {
    return row.hasAll("history", "human_ref_A", "human_ref_B", "labels")
        ? Optional.of("history, human_ref_A, human_ref_B and labels")
        : Optional.empty();
  }

  @Override
  public Parsed<Preference> read(Row row) {
    return new Draft(row, DatasetShape.SHP, TAKEN)
        .promptId(row.name("post_id"))
        .question(row.text("history"))
        .answer(Answer.of(row.text("human_ref_A")).scored(row.number("score_A")))
        .answer(Answer.of(row.text("human_ref_B")).scored(row.number("score_B")))
        .judged(Judgement.better(row.whole("labels", 0, 1) == 1))
        .done();
  }
}
