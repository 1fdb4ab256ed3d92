package org.plumbline.data.format;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import org.plumbline.data.Answer;
import org.plumbline.data.DatasetShape;
import org.plumbline.data.Judgement;
import org.plumbline.data.Message;
import org.plumbline.data.Preference;

/** Rows with their answers in a list, and rows with one answer. */
final class AnswerRows {
  private AnswerRows() {}

  /**
   * {@code prompt} and {@code answers} (texts, or objects with {@code text} or {@code messages},
   * and perhaps {@code model} and {@code score}) with {@code ranks}, or ordered by their scores, or
   * with a {@code judgement} that is no order.
   */
  static Parsed<Preference> ranked(Row row) {
    boolean raw = row.isText("prompt") && isPlain(row.json().path("answers"));
    Draft draft =
        OwnFields.draft(row, DatasetShape.RANKED, OwnFields.LIST)
            .prompt(raw ? List.of(Message.raw(row.text("prompt"))) : TrlFormat.promptTurns(row));
    List<Answer> answers = answers(row);
    answers.forEach(draft::answer);
    return draft.judged(judgement(row, answers)).done();
  }

  private static boolean isPlain(JsonNode answers) {
    for (JsonNode answer : answers) {
      if (answer.has("messages")) {
        return false;
      }
    }
    return true;
  }

  private static List<Answer> answers(Row row) {
    JsonNode list = row.json().path("answers");
    if (!list.isArray() || list.isEmpty()) {
      throw row.bad(
          "\"answers\" is %s; a list of at least one answer is needed"
              .formatted(list.isArray() ? "an empty list" : Row.kind(list)));
    }
    List<Answer> answers = new ArrayList<>();
    for (JsonNode element : list) {
      answers.add(answer(row, "answers[" + answers.size() + "]", element));
    }
    return answers;
  }

  private static Answer answer(Row row, String path, JsonNode element) {
    if (element.isTextual()) {
      return Answer.of(element.textValue());
    }
    if (!(element instanceof ObjectNode object)) {
      throw row.bad(
          "%s is %s; a text or an object with \"text\" or \"messages\" is needed"
              .formatted(path, Row.kind(element)));
    }
    Row inner = row.inner(path, object);
    List<Message> turns =
        inner.has("messages")
            ? inner.messages("messages")
            : List.of(new Message(Message.ASSISTANT, inner.text("text")));
    if (!turns.get(turns.size() - 1).role().equals(Message.ASSISTANT)) {
      throw inner.bad("the last turn of an answer must be of assistant");
    }
    Map<String, JsonNode> extra = inner.rest("text", "messages", "model", "score");
    if (extra.remove(OwnFields.OTHER) instanceof ObjectNode nested) {
      nested.properties().forEach(field -> extra.put(field.getKey(), field.getValue()));
    }
    return new Answer(turns, inner.textOr("model", ""), inner.number("score"), extra);
  }

  private static Judgement judgement(Row row, List<Answer> answers) {
    if (row.has("ranks")) {
      return Judgement.ranked(ranks(row, answers.size()));
    }
    if (row.has("judgement")) {
      String label = row.text("judgement");
      return Judgement.Kind.of(label)
          .filter(kind -> kind != Judgement.Kind.RANKED)
          .map(Judgement::of)
          .orElseThrow(
              () ->
                  row.bad(
                      "\"judgement\" is \"%s\"; needed: rated, desirable, undesirable, abstained, or \"ranks\""
                          .formatted(label)));
    }
    if (answers.stream().allMatch(answer -> answer.score().isPresent())) {
      List<Double> scores =
          answers.stream().map(Answer::score).map(OptionalDouble::getAsDouble).toList();
      return answers.size() == 1 ? Judgement.of(Judgement.Kind.RATED) : Judgement.byScores(scores);
    }
    throw row.bad(
        "what was said of the answers is missing: needed is \"ranks\" (one per answer, 1 is best), a \"score\" in each, or \"judgement\"; found: %s"
            .formatted(row.keys()));
  }

  private static List<Integer> ranks(Row row, int answers) {
    JsonNode list = row.json().path("ranks");
    List<Integer> ranks = new ArrayList<>();
    list.forEach(rank -> ranks.add(rank.isInt() ? rank.intValue() : 0));
    boolean fits = ranks.size() == answers && answers > 1 && Collections.min(ranks) == 1;
    if (!list.isArray() || !fits) {
      throw row.bad(
          "\"ranks\" is %s; needed: %d whole numbers, one per answer, 1 is best, equal is a tie"
              .formatted(Row.shown(list), answers));
    }
    return ranks;
  }

  /** TRL's unpaired preference: {@code prompt}, {@code completion}, and whether it is good. */
  static Parsed<Preference> unpaired(Row row) {
    boolean raw = row.isText("prompt") && row.isText("completion");
    JsonNode label = row.json().path("label");
    boolean said =
        row.table()
            ? List.of("true", "false").contains(label.asText().toLowerCase(Locale.ROOT))
            : label.isBoolean();
    if (!said) {
      throw row.bad(
          "\"label\" is %s; needed: true for a good completion or false"
              .formatted(label.isMissingNode() ? "missing" : Row.shown(label)));
    }
    boolean good = label.asText().equalsIgnoreCase("true");
    return OwnFields.draft(row, DatasetShape.UNPAIRED, List.of("completion", "label"))
        .prompt(raw ? List.of(Message.raw(row.text("prompt"))) : TrlFormat.promptTurns(row))
        .answer(Answer.of(List.of(row.answerTurn("completion"))))
        .judged(Judgement.of(good ? Judgement.Kind.DESIRABLE : Judgement.Kind.UNDESIRABLE))
        .done();
  }
}
