package org.plumbline.data.format;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.plumbline.data.Answer;
import org.plumbline.data.Judgement;
import org.plumbline.data.Message;

/**
 * What a task of Label Studio shows: a prompt, and answers as fields of their own or as the items
 * of a list.
 *
 * @param items the list of a ranking; empty where the answers are fields
 */
record LabelStudioTask(ComparedFields fields, String itemsKey, List<Row> items) {
  private static final List<String> TEXTS = List.of("body", "text", "html", "title");

  static LabelStudioTask of(Row data) {
    for (String key : data.names()) {
      JsonNode list = data.json().path(key);
      if (list.isArray() && !list.isEmpty() && list.path(0).has("id")) {
        return new LabelStudioTask(ComparedFields.in(data, 0), key, data.objects(key));
      }
    }
    return new LabelStudioTask(ComparedFields.in(data, 2), "", List.of());
  }

  List<Message> prompt() {
    return fields.prompt();
  }

  List<Answer> answers() {
    return items.isEmpty() ? fields.answers() : items.stream().map(LabelStudioTask::item).toList();
  }

  private static Answer item(Row item) {
    String key =
        TEXTS.stream()
            .filter(item::isText)
            .findFirst()
            .orElseThrow(
                () ->
                    item.bad(
                        "no text; needed: one of %s; found: %s".formatted(TEXTS, item.keys())));
    return Answer.of(item.text(key)).with(item.rest(key));
  }

  /** Fields of the data that are neither prompt nor answer. */
  Map<String, JsonNode> rest() {
    Map<String, JsonNode> rest =
        new LinkedHashMap<>(fields.fields().rest(fields.taken().toArray(String[]::new)));
    rest.remove(itemsKey);
    return rest;
  }

  /** What one result says; empty for a comment and the like. */
  Optional<ToolJudgement> judgement(Row result) {
    JsonNode value = result.json().path("value");
    return switch (result.textOr("type", "")) {
      case "pairwise" -> items.isEmpty() ? pairwise(result, value) : Optional.empty();
      case "ranker" -> items.isEmpty() ? Optional.empty() : ranker(value.path("ranker"));
      case "choices" -> chosen(value.path("choices"));
      default -> Optional.empty();
    };
  }

  private Optional<ToolJudgement> pairwise(Row result, JsonNode value) {
    return Winner.of(value.path("selected").asText())
        .filter(winner -> answers().size() == 2)
        .map(
            winner -> {
              boolean reversed = isReversed(result.textOr("to_name", ""));
              List<Answer> shown = new ArrayList<>(answers());
              if (reversed) {
                Collections.reverse(shown);
              }
              return new ToolJudgement(shown, winner);
            });
  }

  /** Left is the first that the tag names, which need not be the first field. */
  private boolean isReversed(String names) {
    return names.equals(fields.answerKeys().get(1) + "," + fields.answerKeys().get(0));
  }

  private Optional<ToolJudgement> chosen(JsonNode choices) {
    return choices.size() == 1 && answers().size() == 2
        ? Winner.of(choices.path(0).asText()).map(winner -> new ToolJudgement(answers(), winner))
        : Optional.empty();
  }

  /** An order exists only where one bucket holds every item. */
  private Optional<ToolJudgement> ranker(JsonNode buckets) {
    for (JsonNode bucket : buckets.isArray() ? List.of(buckets) : buckets) {
      List<String> order = new ArrayList<>();
      bucket.forEach(id -> order.add(id.asText()));
      List<Integer> ranks =
          items.stream().map(item -> order.indexOf(item.json().path("id").asText()) + 1).toList();
      if (items.size() > 1 && order.size() == items.size() && !ranks.contains(0)) {
        return Optional.of(new ToolJudgement(answers(), Judgement.ranked(ranks)));
      }
    }
    return Optional.empty();
  }
}
