package org.plumbline.data.format;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.plumbline.data.Answer;
import org.plumbline.data.DatasetShape;
import org.plumbline.data.Judgement;
import org.plumbline.data.Preference;

/**
 * WebGPT's comparisons (openai/webgpt_comparisons, dataset card): {@code question.full_text},
 * {@code answer_0}, {@code answer_1}; {@code score_0} is from -1 to 1 and {@code score_1} its
 * negative; 0 is a tie. Quotes and tokens stay with their answers.
 */
record WebGptFormat() implements Dialect<Preference> {
  private static final Set<String> TAKEN =
      Set.of(
          "answer_0",
          "answer_1",
          "score_0",
          "score_1",
          "quotes_0",
          "quotes_1",
          "tokens_0",
          "tokens_1");

  @Override
  public Optional<String> recognise(Row row) {
    return row.hasAll("question", "answer_0", "answer_1", "score_0", "score_1")
        ? Optional.of("question, answer_0, answer_1, score_0 and score_1")
        : Optional.empty();
  }

  @Override
  public Parsed<Preference> read(Row row) {
    String question =
        row.isText("question") ? row.text("question") : row.inner("question").text("full_text");
    return new Draft(row, DatasetShape.WEBGPT, TAKEN)
        .question(question)
        .answer(answer(row, "0"))
        .answer(answer(row, "1"))
        .judged(
            Judgement.byScores(List.of(row.neededNumber("score_0"), row.neededNumber("score_1"))))
        .done();
  }

  private static Answer answer(Row row, String index) {
    Map<String, JsonNode> extra = new LinkedHashMap<>();
    for (String name : List.of("quotes", "tokens")) {
      JsonNode value = row.json().get(name + "_" + index);
      if (value != null) {
        extra.put(name, value);
      }
    }
    return Answer.of(row.text("answer_" + index)).scored(row.number("score_" + index)).with(extra);
  }
}
