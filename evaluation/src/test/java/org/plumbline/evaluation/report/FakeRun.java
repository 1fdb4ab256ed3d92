package org.plumbline.evaluation.report;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.plumbline.stage.Json;
import org.plumbline.stage.JsonLines;

/** A run's directory with made-up figures. */
final class FakeRun {
  final Path directory;

  FakeRun(Path directory) {
    this.directory = directory;
  }

  /** A whole run over both routes, every text of which is {@code text}. */
  static FakeRun whole(Path directory, String text) throws IOException {
    FakeRun run = new FakeRun(directory);
    run.stage("sft", "sft", Map.of("data", text), Map.of(), List.of(text));
    run.metrics("sft", List.of("loss", "eval_loss", "learning_rate", "grad_norm"));
    run.stage(
        "human-pairs",
        "preferences",
        Map.of(),
        Map.of("chance", 0.5, "keyword_rule", 0.6, "bag_of_words", 0.8, "oracle", 1.0),
        List.of());
    run.stage(
        "ai-pairs",
        "ai-feedback",
        Map.of("policy", "sft"),
        Map.of("asked", 100, "labelled", 80, "ties", 10, "none", 10, "position_bias", 0.4),
        List.of());
    for (String route : List.of("human", "ai")) {
      run.stage(
          route + "-reward",
          "reward-model",
          Map.of("model", "sft", "pairs", route + "-pairs"),
          Map.of("test_correct", 70, "test_pairs", 100),
          List.of());
      run.metrics(route + "-reward", List.of("loss", "accuracy", "margin", "eval_accuracy"));
      run.stage(
          route + "-ppo",
          "ppo",
          Map.of("policy", "sft", "reward", route + "-reward"),
          Map.of(),
          List.of());
      run.metrics(
          route + "-ppo",
          List.of(
              "objective/kl", "objective/scores", "objective/entropy", "eval/kl", "eval/scores"));
      run.rows(
          route + "-ppo",
          "samples.jsonl",
          List.of(
              Map.of("step", 1, "prompt", text, "completion", text, "reward", 0.25),
              Map.of("step", 2, "prompt", text, "completion", text, "reward", 0.75)));
    }
    run.stage("evaluate", "evaluate", Map.of(), Map.of(), List.of());
    Files.writeString(directory.resolve("evaluate/evaluation.json"), evaluation(text));
    run.rows(
        "evaluate",
        "samples.jsonl",
        List.of(
            Map.of(
                "prompt",
                text,
                "replies",
                Map.of("sft", List.of(Map.of("reply", text, "q", 0.5, "ended", false))))));
    return run;
  }

  void stage(
      String name,
      String kind,
      Map<String, String> inputs,
      Map<String, Object> summary,
      List<String> warnings)
      throws IOException {
    Files.createDirectories(directory.resolve(name));
    ObjectNode manifest = Json.mapper().createObjectNode();
    manifest.put("kind", kind).put("name", name);
    manifest.putObject("config").put("key", warnings.isEmpty() ? "value" : warnings.get(0));
    manifest.put("config_hash", "0123456789abcdef0123456789abcdef");
    ObjectNode in = manifest.putObject("inputs");
    inputs.forEach((k, v) -> in.putObject(k).put("value", v).put("hash", "fedcba9876543210"));
    manifest.put("seed", 7);
    manifest.putObject("versions").put("plumbline", "0.1.0");
    manifest.set("summary", Json.mapper().valueToTree(summary));
    manifest.set("warnings", Json.mapper().valueToTree(warnings));
    manifest.putObject("files").put("model", "aa");
    manifest.put("forced", false);
    Files.writeString(directory.resolve(name).resolve("manifest.json"), Json.pretty(manifest));
  }

  void metrics(String stage, List<String> names) throws IOException {
    JsonLines.write(
        directory.resolve(stage).resolve("metrics.jsonl"),
        sink -> {
          for (int step = 1; step <= 60; step++) {
            ObjectNode row = Json.mapper().createObjectNode().put("step", step);
            int at = step;
            names.forEach(name -> row.put(name, 1.0 / at + name.length()));
            sink.write(row);
          }
        });
  }

  void rows(String stage, String file, List<Map<String, Object>> rows) throws IOException {
    JsonLines.write(
        directory.resolve(stage).resolve(file),
        sink -> {
          for (Map<String, Object> row : rows) {
            sink.write(row);
          }
        });
  }

  private static String evaluation(String text) {
    ObjectNode root = Json.mapper().createObjectNode();
    root.put("baseline", "sft").put("reference", "sft").put("prompts", 400);
    root.put("intervals", "made up; " + text);
    List<String> names = List.of("sft", "human-ppo", "ai-ppo", text);
    for (int i = 0; i < names.size(); i++) {
      ObjectNode model = root.withArray("models").addObject();
      model.put("name", names.get(i)).put("model", names.get(i));
      ObjectNode numbers = model.putObject("numbers");
      numbers.set("good_rate", interval(0.4321 + 0.1 * i));
      numbers.set("reward/" + text, interval(1.234 * i));
      numbers.set("kl", interval(4.567 * i));
      numbers.set("ended", interval(0.6));
      ObjectNode change = model.putObject("change");
      ObjectNode winRates = model.putObject("win_rates");
      if (i > 0) {
        change.set("good_rate", interval(-0.3));
        change.set("reward/" + text, interval(0.9));
        winRates.set("truth", interval(0.7654));
      }
      ObjectNode rate = model.putObject("groups").putObject("grant_rate");
      rate.putObject("rates").set("a", interval(0.5));
      rate.withObject("rates").set("b", interval(0.3));
      rate.set("gap", interval(0.2));
      rate.set("signed", interval(-0.2));
    }
    return Json.pretty(root);
  }

  private static ObjectNode interval(double value) {
    return Json.mapper()
        .createObjectNode()
        .put("value", value)
        .put("low", value - 0.05)
        .put("high", value + 0.05)
        .put("n", 200);
  }
}
