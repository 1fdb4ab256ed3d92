package org.plumbline.pipeline.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.plumbline.evaluation.report.ReportWriter;
import org.plumbline.pipeline.Pipeline;
import org.plumbline.pipeline.Recipe;
import org.plumbline.stage.AtomicFiles;
import org.plumbline.stage.Json;
import org.plumbline.stage.JsonLines;
import org.plumbline.stage.JsonRow;

/** What a run ends with: a short table, three before/after samples, the report's place. */
final class RunSummary {
  /** The command that made the run, for a report that is written again. */
  static final String COMMAND = "command.txt";

  private static final int SAMPLES = 3;

  /** Figures worth a cell of the table, best first. */
  private static final List<String> FIGURES =
      List.of(
          "test_accuracy",
          "out_of_fold_accuracy",
          "macro_f1",
          "keyword_rule.macro_f1",
          "span_f1",
          "keyword_rule.span_f1",
          "f1",
          "keyword_rule.f1",
          "eval_score_before",
          "eval_score_best",
          "eval_kl_best",
          "eval_loss_best",
          "labelled",
          "pairs",
          "rows");

  private final PrintStream out;

  RunSummary(PrintStream out) {
    this.out = out;
  }

  /** Writes the report and prints; returns the same as a JSON object. */
  ObjectNode print(Recipe recipe, Path folder, List<Pipeline.StageResult> results)
      throws IOException {
    String command = "plumbline run " + recipe.source();
    AtomicFiles.DISK.writeString(folder.resolve(COMMAND), command + "\n");
    Path report = ReportWriter.write(folder, command);
    out.println();
    out.printf("%-22s %-13s %-8s %7s  %s%n", "stage", "kind", "status", "seconds", "figures");
    for (Pipeline.StageResult result : results) {
      out.printf(
          Locale.ROOT,
          "%-22s %-13s %-8s %7.1f  %s%n",
          result.manifest().name(),
          result.manifest().kind(),
          result.status().name().toLowerCase(Locale.ROOT),
          result.seconds(),
          figures(result.manifest().summary()));
    }
    for (Pipeline.StageResult result : results) {
      if (result.manifest().kind().equals("evaluate")) {
        samples(folder.resolve(result.manifest().name()));
      }
    }
    out.println();
    out.println("Report: " + report);
    return json(folder, report, results);
  }

  private static ObjectNode json(Path folder, Path report, List<Pipeline.StageResult> results) {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    root.put("run", folder.toString());
    root.put("report", report.toString());
    ArrayNode stages = root.putArray("stages");
    for (Pipeline.StageResult result : results) {
      ObjectNode stage = stages.addObject();
      stage.put("name", result.manifest().name());
      stage.put("kind", result.manifest().kind());
      stage.put("status", result.status().name().toLowerCase(Locale.ROOT));
      stage.put("seconds", result.seconds());
      stage.set("summary", Json.mapper().valueToTree(result.manifest().summary()));
      stage.set("warnings", Json.mapper().valueToTree(result.manifest().warnings()));
    }
    return root;
  }

  private static String figures(Map<String, Object> summary) {
    StringBuilder text = new StringBuilder();
    int shown = 0;
    for (String name : FIGURES) {
      Object value = summary.get(name);
      if (value instanceof Number number && shown < 3) {
        text.append(shown++ == 0 ? "" : ", ").append(name.replace('_', ' ')).append(' ');
        text.append(
            value instanceof Double || value instanceof Float
                ? String.format(Locale.ROOT, "%.3f", number.doubleValue())
                : number.toString());
      }
    }
    return text.toString();
  }

  /** The first prompts with each model's reply. */
  private void samples(Path evaluation) throws IOException {
    Path file = evaluation.resolve("samples.jsonl");
    if (!Files.isRegularFile(file)) {
      return;
    }
    List<JsonRow> rows = JsonLines.readAll(file);
    int step = Math.max(1, rows.size() / SAMPLES);
    for (int i = 0; i < Math.min(SAMPLES, rows.size()); i++) {
      JsonNode row = rows.get(i * step).value();
      out.println();
      out.println("prompt    " + oneLine(row.path("prompt").asText()));
      Iterator<Map.Entry<String, JsonNode>> models = row.path("replies").fields();
      while (models.hasNext()) {
        Map.Entry<String, JsonNode> model = models.next();
        JsonNode first = model.getValue().isArray() ? model.getValue().path(0) : model.getValue();
        out.printf(
            "%-9s %s%n", model.getKey(), oneLine(first.path("reply").asText(first.asText())));
      }
    }
  }

  private static String oneLine(String text) {
    return text.replaceAll("\\s+", " ").strip();
  }
}
