package org.plumbline.data.format;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.plumbline.data.Annotator;
import org.plumbline.data.DatasetShape;
import org.plumbline.data.Preference;
import org.plumbline.data.SkipReason;

/**
 * Argilla's export, {@code dataset.records.to_json()} (argilla-io/argilla,
 * argilla/src/argilla/records/_resource.py, Record.to_dict): {@code fields}, {@code responses} by
 * question with {@code value} and {@code user_id}, {@code suggestions} with {@code agent}. Each
 * response and each suggestion of a ranking, label or rating question becomes a preference.
 */
record ArgillaFormat() implements Dialect<Preference> {
  private static final Set<String> TAKEN = Set.of("fields", "responses", "suggestions");

  @Override
  public Optional<String> recognise(Row row) {
    return row.json().path("fields").isObject()
            && (row.json().path("responses").isObject()
                || row.json().path("suggestions").isObject())
        ? Optional.of("fields with responses or suggestions by question")
        : Optional.empty();
  }

  @Override
  public Parsed<Preference> read(Row row) {
    ComparedFields compared = ComparedFields.in(row.inner("fields"), 1);
    List<Parsed<Preference>> parts = new ArrayList<>();
    if (row.has("responses")) {
      Row responses = row.inner("responses");
      for (String question : responses.names()) {
        for (Row response : responses.objects(question)) {
          String user = response.name("user_id").orElse("");
          parts.add(part(row, compared, question, response, Annotator.person(user)));
        }
      }
    }
    if (row.has("suggestions")) {
      Row suggestions = row.inner("suggestions");
      for (String question : suggestions.names()) {
        Row suggestion = suggestions.inner(question);
        String agent = suggestion.name("agent").orElse("");
        parts.add(part(row, compared, question, suggestion, Annotator.judge(agent, "")));
      }
    }
    return parts.isEmpty()
        ? Parsed.skipped(
            DatasetShape.ARGILLA, SkipReason.NO_PAIR, "nobody has answered this record yet")
        : Parsed.all(DatasetShape.ARGILLA, parts);
  }

  private static Parsed<Preference> part(
      Row row, ComparedFields compared, String question, Row given, Annotator annotator) {
    Draft draft =
        new Draft(row, DatasetShape.ARGILLA, TAKEN)
            .promptId(row.name("id"))
            .prompt(compared.prompt())
            .by(annotator)
            .extra(compared.fields().rest(compared.taken().toArray(String[]::new)))
            .extra("question", TextNode.valueOf(question))
            .extra(told(given));
    Optional<ToolJudgement> judgement = ToolJudgement.of(given, "value", compared);
    if (judgement.isEmpty()) {
      return Parsed.skipped(
          DatasetShape.ARGILLA,
          SkipReason.NO_PAIR,
          "the answer to \"%s\" compares or rates nothing: %s"
              .formatted(question, Row.shown(given.json().path("value"))));
    }
    judgement.get().answers().forEach(draft::answer);
    return draft.judged(judgement.get().judgement()).done();
  }

  /** What else a response says, such as its status. */
  private static Map<String, JsonNode> told(Row given) {
    Map<String, JsonNode> rest = given.rest("value", "user_id", "agent");
    if (rest.isEmpty()) {
      return Map.of();
    }
    ObjectNode object = given.json().objectNode();
    rest.forEach(object::set);
    return Map.of("response", object);
  }
}
