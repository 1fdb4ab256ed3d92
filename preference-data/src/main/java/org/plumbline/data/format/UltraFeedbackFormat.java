package org.plumbline.data.format;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import org.plumbline.data.Annotator;
import org.plumbline.data.Answer;
import org.plumbline.data.DatasetShape;
import org.plumbline.data.Judgement;
import org.plumbline.data.Message;
import org.plumbline.data.Preference;

/**
 * UltraFeedback (openbmb/UltraFeedback, README: {@code instruction}, {@code completions} with
 * {@code response}, {@code model}, {@code overall_score}, {@code fine-grained_score}, {@code
 * annotations}), judged by GPT-4: the completions are ranked by their overall score, else by the
 * mean of the fine-grained ones, and keep it, so each pair has its margin. Also the binarised form
 * (HuggingFaceH4/ultrafeedback_binarized: whole conversations {@code chosen} and {@code rejected},
 * {@code score_chosen}, {@code score_rejected}).
 */
record UltraFeedbackFormat() implements Dialect<Preference> {
  private static final Annotator GPT4 = Annotator.judge("gpt-4", "ultrafeedback");
  private static final Set<String> TAKEN = Set.of("instruction", "completions");
  private static final Set<String> BINARIZED =
      Set.of("prompt", "prompt_id", "chosen", "rejected", "score_chosen", "score_rejected");

  @Override
  public Optional<String> recognise(Row row) {
    if (row.hasAll("instruction", "completions")) {
      return Optional.of("instruction and completions");
    }
    return row.hasAll("chosen", "rejected", "score_chosen", "score_rejected")
        ? Optional.of("chosen, rejected, score_chosen and score_rejected")
        : Optional.empty();
  }

  @Override
  public Parsed<Preference> read(Row row) {
    return row.has("completions") ? scored(row) : binarized(row);
  }

  private static Parsed<Preference> scored(Row row) {
    List<Answer> answers = new ArrayList<>();
    for (Row completion : row.objects("completions")) {
      answers.add(answer(completion));
    }
    if (answers.isEmpty()) {
      throw row.bad("\"completions\" is an empty list; at least one is needed");
    }
    Draft draft =
        new Draft(row, DatasetShape.ULTRAFEEDBACK, TAKEN)
            .question(row.text("instruction"))
            .by(GPT4);
    answers.forEach(draft::answer);
    return draft
        .judged(
            answers.size() == 1
                ? Judgement.of(Judgement.Kind.RATED)
                : Judgement.byScores(
                    answers.stream().map(Answer::score).map(OptionalDouble::getAsDouble).toList()))
        .done();
  }

  private static Answer answer(Row completion) {
    OptionalDouble overall = number(completion, "overall_score");
    OptionalDouble fine = number(completion, "fine-grained_score");
    OptionalDouble score =
        overall.isPresent() ? overall : fine.isPresent() ? fine : mean(completion);
    if (score.isEmpty()) {
      throw completion.bad(
          "no score; needed: \"overall_score\", \"fine-grained_score\" or ratings in \"annotations\"; found: %s"
              .formatted(completion.keys()));
    }
    return Answer.of(completion.text("response"), completion.textOr("model", ""))
        .scored(score)
        .with(
            overall.isPresent()
                ? completion.rest("response", "model", "overall_score")
                : completion.rest("response", "model"));
  }

  /** Some releases write numbers as texts, and "N/A" for none. */
  private static OptionalDouble number(Row completion, String key) {
    return completion.isText(key) ? Numbers.parse(completion.text(key)) : completion.number(key);
  }

  private static OptionalDouble mean(Row completion) {
    List<Double> ratings = new ArrayList<>();
    for (JsonNode aspect : completion.json().path("annotations")) {
      Numbers.parse(aspect.path("Rating").asText()).ifPresent(ratings::add);
    }
    return ratings.stream().mapToDouble(Double::doubleValue).average();
  }

  private static Parsed<Preference> binarized(Row row) {
    TurnPair turns = TurnPair.of(row.messages("chosen"), row.messages("rejected"));
    if (turns.fault().isPresent()) {
      return Parsed.skipped(
          DatasetShape.ULTRAFEEDBACK_BINARIZED, turns.fault().get(), turns.detail());
    }
    return new Draft(row, DatasetShape.ULTRAFEEDBACK_BINARIZED, BINARIZED)
        .promptId(row.name("prompt_id"))
        .prompt(turns.prompt())
        .answer(answer(row, turns.chosen()).scored(row.number("score_chosen")))
        .answer(answer(row, turns.rejected()).scored(row.number("score_rejected")))
        .judged(Judgement.better(true))
        .by(GPT4)
        .done();
  }

  private static Answer answer(Row row, Message turn) {
    if (!turn.role().equals(Message.ASSISTANT)) {
      throw row.bad("the last turn is of %s; needed: assistant".formatted(turn.role()));
    }
    return Answer.of(List.of(turn));
  }
}
