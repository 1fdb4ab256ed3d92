package org.plumbline.data.format;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.plumbline.data.Annotator;
import org.plumbline.data.Answer;
import org.plumbline.data.DatasetShape;
import org.plumbline.data.source.ColumnMap;

/**
 * The fields beside the texts that our own rows may have; rows of others are read with them too, as
 * far as they are of our type. What is not stays an unknown field.
 */
final class OwnFields {
  /** Object of unknown fields whose names are taken by known ones. */
  static final String OTHER = ColumnMap.OTHER;

  /** Whatever was judged. */
  static final List<String> COMMON =
      List.of(
          "id",
          "prompt_id",
          "prompt",
          "margin",
          "annotator",
          "annotator_kind",
          "annotator_version",
          "time",
          "guideline",
          "gold",
          "source",
          OwnFields.OTHER);

  /** Of pairs. */
  static final List<String> PAIR =
      List.of(
          "chosen",
          "rejected",
          "outcome",
          "first",
          "chosen_model",
          "rejected_model",
          "chosen_score",
          "rejected_score",
          "chosen_extra",
          "rejected_extra");

  /** Of answers in a list. */
  static final List<String> LIST = List.of("answers", "ranks", "judgement", "completion", "label");

  /** All of them: no unknown field may be written under such a name. */
  static final Set<String> RESERVED =
      Stream.of(COMMON, PAIR, LIST).flatMap(List::stream).collect(Collectors.toUnmodifiableSet());

  private static final Pattern PLACE = Pattern.compile(".+:\\d+");

  private OwnFields() {}

  /** Whether a row was written by us, whatever unknown fields it kept. */
  static boolean isOwn(Row row) {
    boolean judged = row.hasAll("prompt", "chosen", "rejected") || row.hasAll("prompt", "answers");
    return judged && row.has("source") && isOurs(row, "source");
  }

  /** A draft that knows who judged, when and by which guideline. */
  static Draft draft(Row row, DatasetShape shape, List<String> texts) {
    Set<String> taken = new HashSet<>(texts);
    taken.addAll(COMMON);
    taken.removeIf(key -> row.has(key) && !isOurs(row, key));
    Draft draft = new Draft(row, shape, taken);
    draft.id(row.name("id")).promptId(row.name("prompt_id")).margin(row.number("margin"));
    if (taken.contains("annotator")) {
      draft.by(annotator(row));
    }
    if (row.json().path(OTHER) instanceof ObjectNode other) {
      other.properties().forEach(field -> draft.extra(field.getKey(), field.getValue()));
    }
    if (row.has("gold") && taken.contains("gold")) {
      draft.gold(row.json().path("gold").asBoolean());
    }
    if (row.has("source") && taken.contains("source")) {
      draft.source(row.text("source"));
    }
    return draft
        .at(row.time("time"))
        .guideline(taken.contains("guideline") ? row.textOr("guideline", "") : "");
  }

  private static boolean isOurs(Row row, String key) {
    JsonNode value = row.json().path(key);
    return switch (key) {
      case "source" -> value.isTextual() && PLACE.matcher(value.textValue()).matches();
      case "time" -> row.time(key).isPresent();
      case "gold" -> value.isBoolean() || List.of("true", "false").contains(value.asText());
      case "annotator_kind" -> Annotator.Kind.of(value.asText()).isPresent();
      case "annotator", "annotator_version", "guideline", "first" -> value.isTextual();
      case "chosen_model", "rejected_model" -> value.isTextual();
      case "chosen_score", "rejected_score" -> value.isNumber() || row.table();
      case "chosen_extra", "rejected_extra", OTHER -> value.isObject();
      case "id", "prompt_id" -> row.name(key).isPresent();
      default -> true;
    };
  }

  private static Annotator annotator(Row row) {
    return new Annotator(
        row.textOr("annotator", ""),
        Annotator.Kind.of(row.json().path("annotator_kind").asText())
            .orElse(Annotator.Kind.UNKNOWN),
        row.isText("annotator_version") ? row.text("annotator_version") : "");
  }

  static boolean isRejectedFirst(Row row) {
    return row.json().path("first").asText().equals("rejected");
  }

  /** An answer with what the fields beside it say of it. */
  static Answer told(Row row, String which, Answer answer) {
    String model = row.isText(which + "_model") ? row.text(which + "_model") : "";
    OptionalDouble score =
        isOurs(row, which + "_score") ? row.number(which + "_score") : OptionalDouble.empty();
    Map<String, JsonNode> extra = new LinkedHashMap<>();
    if (row.json().path(which + "_extra") instanceof ObjectNode fields) {
      fields.properties().forEach(field -> extra.put(field.getKey(), field.getValue()));
    }
    return answer.by(model).scored(score).with(extra);
  }
}
