package org.plumbline.evaluation.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.plumbline.evaluation.chart.Digits;

/** Replies before and after, and over the course of training. */
final class SampleSection {
  private static final int PROMPTS = 8;
  private static final int PROMPTS_OVER_TIME = 4;
  private static final int STEPS = 4;

  private SampleSection() {}

  static Section of(RunData run, List<EvaluationData> evaluations) throws IOException {
    List<Block> blocks = new ArrayList<>();
    for (EvaluationData evaluation : evaluations) {
      List<JsonNode> rows = StageData.rows(evaluation.stage().directory().resolve("samples.jsonl"));
      if (!rows.isEmpty()) {
        blocks.add(beforeAndAfter(evaluation, spread(rows, PROMPTS)));
      }
    }
    for (StageData stage : run.ofKind("ppo")) {
      Map<String, Map<Long, JsonNode>> byPrompt =
          byPrompt(StageData.rows(stage.directory().resolve("samples.jsonl")));
      if (!byPrompt.isEmpty()) {
        blocks.add(overTime(stage, byPrompt));
      }
    }
    return new Section("samples", "Samples", blocks);
  }

  private static Block beforeAndAfter(EvaluationData evaluation, List<JsonNode> rows) {
    List<String> models = evaluation.models().stream().map(EvaluationData.Model::name).toList();
    List<String> head = new ArrayList<>(List.of("prompt"));
    head.addAll(models);
    List<List<Block.Cell>> table = new ArrayList<>();
    for (JsonNode row : rows) {
      List<Block.Cell> cells = new ArrayList<>();
      cells.add(new Block.Cell(row.path("prompt").asText(), ""));
      models.forEach(model -> cells.add(reply(row.path("replies").path(model).path(0))));
      table.add(cells);
    }
    return new Block.Samples(
        "Before and after: %d held-out prompts, evenly spaced through the file, not picked"
            .formatted(rows.size()),
        head,
        table);
  }

  private static Block.Cell reply(JsonNode reply) {
    List<String> marks = new ArrayList<>();
    if (reply.path("q").isNumber()) {
      marks.add("q " + Digits.of(reply.path("q").asDouble()));
    }
    reply
        .path("rewards")
        .properties()
        .forEach(e -> marks.add(e.getKey() + " " + Digits.of(e.getValue().asDouble())));
    if (reply.has("ended") && !reply.path("ended").asBoolean()) {
      marks.add("cut off");
    }
    return new Block.Cell(reply.path("reply").asText("–"), String.join(" · ", marks));
  }

  private static Map<String, Map<Long, JsonNode>> byPrompt(List<JsonNode> rows) {
    Map<String, Map<Long, JsonNode>> byPrompt = new LinkedHashMap<>();
    for (JsonNode row : rows) {
      if (row.path("step").isNumber()) {
        byPrompt
            .computeIfAbsent(prompt(row), key -> new LinkedHashMap<>())
            .putIfAbsent(row.path("step").asLong(), row);
      }
    }
    return byPrompt;
  }

  /** A prompt is a text, or turns of a conversation. */
  private static String prompt(JsonNode row) {
    JsonNode prompt = row.path("prompt");
    if (!prompt.isArray()) {
      return prompt.asText();
    }
    List<String> turns = new ArrayList<>();
    prompt.forEach(
        turn -> turns.add(turn.path("role").asText() + ": " + turn.path("content").asText()));
    return String.join("\n", turns);
  }

  private static Block overTime(StageData stage, Map<String, Map<Long, JsonNode>> byPrompt) {
    TreeSet<Long> all = new TreeSet<>();
    byPrompt.values().forEach(rows -> all.addAll(rows.keySet()));
    List<Long> steps = spread(List.copyOf(all), STEPS);
    List<String> head = new ArrayList<>(List.of("prompt"));
    steps.forEach(step -> head.add("step " + step));
    List<List<Block.Cell>> table = new ArrayList<>();
    for (String prompt : spread(List.copyOf(byPrompt.keySet()), PROMPTS_OVER_TIME)) {
      List<Block.Cell> cells = new ArrayList<>(List.of(new Block.Cell(prompt, "")));
      Map<Long, JsonNode> rows = byPrompt.getOrDefault(prompt, Map.of());
      steps.forEach(step -> cells.add(drawn(rows.get(step))));
      table.add(cells);
    }
    return new Block.Samples("%s over time".formatted(stage.name()), head, table);
  }

  /** Trainers may name the reply and its reward by any of the field's usual words. */
  private static Block.Cell drawn(@Nullable JsonNode row) {
    if (row == null) {
      return new Block.Cell("–", "");
    }
    String text = "";
    for (String key : List.of("reply", "completion", "response", "text")) {
      text = text.isEmpty() ? row.path(key).asText("") : text;
    }
    for (String key : List.of("reward", "score")) {
      if (row.path(key).isNumber()) {
        return new Block.Cell(text, "reward " + Digits.of(row.path(key).asDouble()));
      }
    }
    return new Block.Cell(text, "");
  }

  /** At most so many items, first and last among them. */
  private static <T> List<T> spread(List<T> items, int most) {
    if (items.size() <= most) {
      return items;
    }
    List<T> chosen = new ArrayList<>();
    for (int i = 0; i < most; i++) {
      chosen.add(items.get((int) ((long) i * (items.size() - 1) / (most - 1))));
    }
    return chosen;
  }
}
