package org.plumbline.evaluation.report;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.plumbline.evaluation.chart.Bar;
import org.plumbline.evaluation.chart.BarChart;
import org.plumbline.evaluation.chart.Chart;
import org.plumbline.evaluation.chart.ReferenceLine;
import org.plumbline.evaluation.report.EvaluationData.Model;
import org.plumbline.stage.statistics.Interval;

/** Before and after, and the human route beside the AI route, with intervals. */
final class OutcomeSection {
  private OutcomeSection() {}

  static Section of(RunData run, List<EvaluationData> evaluations) {
    List<Block> blocks = new ArrayList<>();
    for (EvaluationData evaluation : evaluations) {
      blocks.add(new Block.Charts(charts(run, evaluation)));
      blocks.add(table(run, evaluation));
    }
    return new Section("outcome", "Before and after", blocks);
  }

  private static List<Chart> charts(RunData run, EvaluationData evaluation) {
    List<Chart> charts = new ArrayList<>();
    add(
        charts,
        bars(
            run,
            evaluation,
            "Good replies",
            "Share of held-out replies whose true score is at least 0.75.",
            true,
            model -> model.number("good_rate")));
    for (String judge : evaluation.judges()) {
      add(charts, winRates(run, evaluation, judge));
    }
    evaluation.models().stream()
        .findFirst()
        .map(Model::rewards)
        .orElse(List.of())
        .forEach(
            reward ->
                add(
                    charts,
                    bars(
                        run,
                        evaluation,
                        "Reward by " + reward,
                        "Mean over held-out replies; the reward is a proxy, not the truth.",
                        false,
                        model -> model.number("reward/" + reward))));
    add(
        charts,
        bars(
            run,
            evaluation,
            "Distance from " + evaluation.root().path("reference").asText(),
            "KL in nats: mean over prompts of Σ (log π − log π_ref) over the reply, end token"
                + " included, at temperature 1.",
            false,
            model -> model.number("kl")));
    return charts;
  }

  private static BarChart winRates(RunData run, EvaluationData evaluation, String judge) {
    List<Bar> bars = new ArrayList<>();
    for (Model model : evaluation.aligned()) {
      model.winRate(judge).ifPresent(rate -> bars.add(bar(run, evaluation, model, rate)));
    }
    String by = judge.equals("truth") ? "the truth" : judge;
    return new BarChart(
        "Win rate over %s by %s".formatted(evaluation.root().path("baseline").asText(), by),
        "Reply against reply to the same prompt; a tie counts half.",
        true,
        List.of(),
        bars,
        List.of(new ReferenceLine("even", 0.5)));
  }

  private static BarChart bars(
      RunData run,
      EvaluationData evaluation,
      String title,
      String note,
      boolean percent,
      Function<Model, Optional<Interval>> figure) {
    List<Bar> bars = new ArrayList<>();
    for (Model model : evaluation.models()) {
      figure.apply(model).ifPresent(value -> bars.add(bar(run, evaluation, model, value)));
    }
    return new BarChart(title, note, percent, List.of(), bars, List.of());
  }

  private static Bar bar(RunData run, EvaluationData evaluation, Model model, Interval value) {
    return new Bar(
        model.name(), colour(run, evaluation, model), value.value(), value.low(), value.high());
  }

  /** Grey for the baseline, one colour for the human route, one for the AI route. */
  private static int colour(RunData run, EvaluationData evaluation, Model model) {
    if (evaluation.isBaseline(model)) {
      return -1;
    }
    return run.route(model.stage()).filter(route -> route.startsWith("AI")).isPresent() ? 1 : 0;
  }

  private static void add(List<Chart> charts, BarChart chart) {
    if (!chart.isEmpty()) {
      charts.add(chart);
    }
  }

  private static Block table(RunData run, EvaluationData evaluation) {
    List<String> head = new ArrayList<>(List.of(""));
    List<String> routes = new ArrayList<>(List.of("aligned on"));
    Set<String> names = new LinkedHashSet<>();
    for (Model model : evaluation.models()) {
      head.add(model.name());
      routes.add(run.route(model.stage()).orElse(evaluation.isBaseline(model) ? "baseline" : "–"));
      names.addAll(model.numbers());
    }
    List<List<String>> rows = new ArrayList<>(List.of(routes));
    names.forEach(name -> rows.add(row(evaluation, name, model -> cell(model, name))));
    for (String judge : evaluation.judges()) {
      rows.add(
          row(evaluation, "win_rate / " + judge, model -> Shown.shareOrDash(model.winRate(judge))));
    }
    return new Block.Table("All figures, with 95 % intervals", head, rows);
  }

  private static List<String> row(
      EvaluationData evaluation, String title, Function<Model, String> cell) {
    List<String> row = new ArrayList<>(List.of(title));
    evaluation.models().forEach(model -> row.add(cell.apply(model)));
    return row;
  }

  private static final List<String> SHARES =
      List.of("good_rate", "refused_harmless", "helped_harm", "ended");

  private static String cell(Model model, String name) {
    Optional<Interval> value = model.number(name);
    return SHARES.contains(name) ? Shown.shareOrDash(value) : Shown.numberOrDash(value);
  }
}
