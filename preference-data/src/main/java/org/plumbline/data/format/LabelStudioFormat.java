package org.plumbline.data.format;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.plumbline.data.Annotator;
import org.plumbline.data.DatasetShape;
import org.plumbline.data.Judgement;
import org.plumbline.data.Preference;
import org.plumbline.data.SkipReason;

/**
 * Label Studio's JSON export (HumanSignal/label-studio, docs/source/templates:
 * generative-pairwise-human-preference.md, generative-llm-ranker.md, pairwise_comparison.md): tasks
 * with {@code data} and {@code annotations}. Each annotation becomes a preference; a cancelled one
 * is an abstention, {@code ground_truth} is gold. Predictions are judgements of a model.
 */
record LabelStudioFormat() implements Dialect<Preference> {
  private static final Set<String> TAKEN = Set.of("id", "data", "annotations", "predictions");
  private static final String[] OF_ANNOTATION = {
    "id", "result", "completed_by", "was_cancelled", "ground_truth", "created_at"
  };

  @Override
  public Optional<String> recognise(Row row) {
    return row.json().path("data").isObject() && row.json().path("annotations").isArray()
        ? Optional.of("data with annotations")
        : Optional.empty();
  }

  @Override
  public Parsed<Preference> read(Row row) {
    LabelStudioTask task = LabelStudioTask.of(row.inner("data"));
    List<Parsed<Preference>> parts = new ArrayList<>();
    for (Row annotation : row.objects("annotations")) {
      parts.add(part(row, task, annotation, annotator(annotation)));
    }
    if (row.has("predictions") && !row.json().path("predictions").isEmpty()) {
      for (Row prediction : row.objects("predictions")) {
        if (prediction.json().path("result").isArray()) {
          String model = prediction.name("model_version").orElse("");
          parts.add(part(row, task, prediction, Annotator.judge(model, "")));
        }
      }
    }
    return parts.isEmpty()
        ? Parsed.skipped(
            DatasetShape.LABEL_STUDIO, SkipReason.NO_PAIR, "nobody has annotated this task yet")
        : Parsed.all(DatasetShape.LABEL_STUDIO, parts);
  }

  private static Annotator annotator(Row annotation) {
    JsonNode by = annotation.json().path("completed_by");
    String name = by.isObject() ? by.path("email").asText(by.path("id").asText()) : by.asText();
    return Annotator.person(name);
  }

  private static Parsed<Preference> part(
      Row row, LabelStudioTask task, Row annotation, Annotator annotator) {
    boolean cancelled = annotation.json().path("was_cancelled").asBoolean();
    Optional<ToolJudgement> judgement =
        cancelled
            ? Optional.of(new ToolJudgement(task.answers(), Judgement.of(Judgement.Kind.ABSTAINED)))
            : judgement(task, annotation);
    if (judgement.isEmpty()) {
      return Parsed.skipped(
          DatasetShape.LABEL_STUDIO,
          SkipReason.NO_PAIR,
          "annotation %s compares nothing, or sorts into several buckets whose order is not exported"
              .formatted(annotation.name("id").orElse("")));
    }
    Draft draft =
        new Draft(row, DatasetShape.LABEL_STUDIO, TAKEN)
            .id(id(row, annotation))
            .promptId(row.name("id"))
            .prompt(task.prompt())
            .judged(judgement.get().judgement())
            .by(annotator)
            .at(annotation.time("created_at"))
            .gold(annotation.json().path("ground_truth").asBoolean())
            .extra(task.rest())
            .extra(told(annotation));
    judgement.get().answers().forEach(draft::answer);
    return draft.done();
  }

  private static Optional<String> id(Row row, Row annotation) {
    return row.name("id").flatMap(task -> annotation.name("id").map(own -> task + "-" + own));
  }

  private static Optional<ToolJudgement> judgement(LabelStudioTask task, Row annotation) {
    for (Row result : annotation.objects("result")) {
      Optional<ToolJudgement> found = task.judgement(result);
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  /** What else the annotation says; other results, such as comments, whole. */
  private static Map<String, JsonNode> told(Row annotation) {
    ObjectNode object = annotation.json().objectNode();
    annotation.rest(OF_ANNOTATION).forEach(object::set);
    JsonNode results = annotation.json().path("result");
    if (results.size() > 1) {
      object.set("result", results);
    }
    return object.isEmpty() ? Map.of() : Map.of("annotation", object);
  }
}
