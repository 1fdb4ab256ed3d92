package org.plumbline.data.format;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.plumbline.data.Answer;
import org.plumbline.data.DatasetShape;
import org.plumbline.data.Judgement;
import org.plumbline.data.Preference;

/**
 * RewardBench (allenai/reward-bench: {@code prompt}, {@code chosen}, {@code rejected} with their
 * models, {@code subset}) and RewardBench 2 (allenai/reward-bench-2: lists of right and wrong
 * completions). A prompt that is a text is the user's, as in allenai/reward-bench,
 * rewardbench/utils.py.
 */
record RewardBenchFormat() implements Dialect<Preference> {
  private static final Set<String> TAKEN =
      Set.of("id", "prompt", "chosen", "rejected", "chosen_model", "rejected_model");

  @Override
  public Optional<String> recognise(Row row) {
    boolean known = row.hasAll("prompt", "chosen", "rejected", "subset");
    return known && (row.has("chosen_model") || row.has("num_correct"))
        ? Optional.of("prompt, chosen, rejected and subset")
        : Optional.empty();
  }

  @Override
  public Parsed<Preference> read(Row row) {
    Draft draft =
        new Draft(row, DatasetShape.REWARDBENCH, TAKEN)
            .id(row.name("id"))
            .prompt(TrlFormat.promptTurns(row));
    List<Integer> ranks = new ArrayList<>();
    for (Answer answer : answers(row, "chosen")) {
      draft.answer(answer);
      ranks.add(1);
    }
    for (Answer answer : answers(row, "rejected")) {
      draft.answer(answer);
      ranks.add(2);
    }
    return draft.judged(Judgement.ranked(ranks)).done();
  }

  private static List<Answer> answers(Row row, String key) {
    String model = row.isText(key + "_model") ? row.text(key + "_model") : "";
    if (!row.json().path(key).isArray()) {
      return List.of(Answer.of(row.text(key), model));
    }
    List<Answer> answers = new ArrayList<>();
    for (JsonNode text : row.json().path(key)) {
      if (!text.isTextual()) {
        throw row.bad(
            "%s[%d] is %s; a text is needed".formatted(key, answers.size(), Row.kind(text)));
      }
      answers.add(Answer.of(text.textValue(), model));
    }
    if (answers.isEmpty()) {
      throw row.bad("\"%s\" is an empty list; at least one text is needed".formatted(key));
    }
    return answers;
  }
}
