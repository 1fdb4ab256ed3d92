package org.plumbline.evaluation.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.plumbline.stage.statistics.Interval;

/** {@code evaluation.json} of one evaluation stage. */
record EvaluationData(StageData stage, JsonNode root) {
  /** The figures of one model. */
  record Model(String name, String stage, JsonNode json) {
    /** A mean or share; empty where it was not measured. */
    Optional<Interval> number(String key) {
      return interval(json.path("numbers").path(key));
    }

    /** Its change against the baseline, paired by prompt. */
    Optional<Interval> change(String key) {
      return interval(json.path("change").path(key));
    }

    Optional<Interval> winRate(String by) {
      return interval(json.path("win_rates").path(by));
    }

    Optional<Interval> gap(String rate) {
      return interval(json.path("groups").path(rate).path("gap"));
    }

    Optional<Interval> signedGap(String rate) {
      return interval(json.path("groups").path(rate).path("signed"));
    }

    Optional<Interval> groupRate(String rate, String group) {
      return interval(json.path("groups").path(rate).path("rates").path(group));
    }

    List<String> groups(String rate) {
      return names(json.path("groups").path(rate).path("rates"));
    }

    /** Names of all means and shares. */
    List<String> numbers() {
      return names(json.path("numbers"));
    }

    /** How the gap changed against the baseline. */
    Optional<Interval> gapChange(String rate) {
      return interval(json.path("groups").path(rate).path("gap_change"));
    }

    List<String> winRates() {
      return names(json.path("win_rates"));
    }

    /** Names of the reward models that scored it. */
    List<String> rewards() {
      return names(json.path("numbers")).stream()
          .filter(name -> name.startsWith("reward/"))
          .map(name -> name.substring("reward/".length()))
          .toList();
    }
  }

  static List<EvaluationData> of(RunData run) throws IOException {
    List<EvaluationData> all = new ArrayList<>();
    for (StageData stage : run.ofKind("evaluate")) {
      stage
          .file("evaluation.json")
          .filter(root -> root.path("models").isArray())
          .ifPresent(root -> all.add(new EvaluationData(stage, root)));
    }
    return all;
  }

  List<Model> models() {
    List<Model> models = new ArrayList<>();
    root.path("models")
        .forEach(
            node ->
                models.add(
                    new Model(node.path("name").asText(), node.path("model").asText(), node)));
    return models;
  }

  Optional<Model> baseline() {
    return models().stream().filter(this::isBaseline).findFirst();
  }

  boolean isBaseline(Model model) {
    return model.name().equals(root.path("baseline").asText());
  }

  /** Models but the baseline. */
  List<Model> aligned() {
    return models().stream().filter(model -> !isBaseline(model)).toList();
  }

  /** All names for which some model has a win rate, in alphabetical order. */
  List<String> judges() {
    TreeSet<String> names = new TreeSet<>();
    models().forEach(model -> names.addAll(model.winRates()));
    return List.copyOf(names);
  }

  /** Share of clean held-out pairs that a reward model orders rightly. */
  Optional<Interval> rewardAccuracy(String reward) {
    return interval(root.path("reward_accuracy").path(reward));
  }

  String intervals() {
    return root.path("intervals").asText();
  }

  private static List<String> names(JsonNode node) {
    List<String> names = new ArrayList<>();
    node.fieldNames().forEachRemaining(names::add);
    return names;
  }

  private static Optional<Interval> interval(JsonNode node) {
    return node.path("value").isNumber()
        ? Optional.of(
            new Interval(
                node.path("value").asDouble(),
                node.path("low").asDouble(Double.NaN),
                node.path("high").asDouble(Double.NaN),
                node.path("n").asInt()))
        : Optional.empty();
  }
}
