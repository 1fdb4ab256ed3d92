package org.plumbline.evaluation.report;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.plumbline.evaluation.chart.Chart;
import org.plumbline.evaluation.chart.Digits;
import org.plumbline.evaluation.chart.LineChart;
import org.plumbline.evaluation.chart.ScatterChart;
import org.plumbline.evaluation.chart.Series;
import org.plumbline.stage.statistics.Interval;

/** What a model that was trained on learned and what it forgot, by perplexity on held-out sets. */
final class ForgettingSection {
  private static final double FORGOTTEN = 1.1;

  private ForgettingSection() {}

  static Section of(RunData run) throws IOException {
    List<HeldOutCurve> curves = curves(run);
    if (curves.isEmpty()) {
      return new Section("forgetting", "Forgetting", List.of());
    }
    List<Block> blocks = new ArrayList<>();
    blocks.add(sets(curves));
    for (List<HeldOutCurve> alike : comparable(run, curves)) {
      blocks.addAll(equalLoss(run, curves, alike));
    }
    blocks.add(new Block.Charts(charts(curves)));
    return new Section("forgetting", "Forgetting", blocks);
  }

  /** Stages that forgot a domain: its perplexity rose beyond chance over documents. */
  static List<Block> warnings(RunData run) throws IOException {
    List<Block> warnings = new ArrayList<>();
    for (HeldOutCurve curve : curves(run)) {
      Interval change = curve.ratio(curve.points().get(0), curve.last());
      if (!curve.trained() && change.low() > FORGOTTEN) {
        warnings.add(
            new Block.Warning(
                "%s forgot %s: its perplexity is %s times what it was"
                    .formatted(curve.stage(), curve.set(), Digits.of(change.value())),
                "the new texts pull the weights away from what was learned before",
                "mix general texts in by replay, or lower the learning rate"));
      }
    }
    return warnings;
  }

  private static List<HeldOutCurve> curves(RunData run) throws IOException {
    List<HeldOutCurve> curves = new ArrayList<>();
    for (String kind : List.of("pretrain", "sft")) {
      for (StageData stage : run.ofKind(kind)) {
        curves.addAll(HeldOutCurve.of(stage));
      }
    }
    return curves;
  }

  private static Block.Table sets(List<HeldOutCurve> curves) {
    List<List<String>> rows = new ArrayList<>();
    for (HeldOutCurve curve : curves) {
      HeldOutCurve.Point start = curve.points().get(0);
      rows.add(
          List.of(
              curve.stage(),
              curve.set() + (curve.trained() ? " (new)" : ""),
              Integer.toString(curve.tokens().length),
              Shown.number(curve.perplexity(start)),
              Shown.number(curve.perplexity(curve.last())),
              "× " + Shown.number(curve.ratio(start, curve.last()))));
    }
    return new Block.Table(
        "Perplexity on held-out sets, with 95 % intervals over documents",
        List.of("stage", "set", "documents", "before", "after", "change"), rows);
  }

  /**
   * New-domain curves of stages that went on from the same model and were measured on the same
   * documents; groups of one are left out.
   */
  private static List<List<HeldOutCurve>> comparable(RunData run, List<HeldOutCurve> curves) {
    Map<List<Object>, List<HeldOutCurve>> groups = new LinkedHashMap<>();
    for (HeldOutCurve curve : curves) {
      boolean first =
          curves.stream()
              .filter(other -> other.trained() && other.stage().equals(curve.stage()))
              .findFirst()
              .equals(Optional.of(curve));
      if (first) {
        String start = run.named(curve.stage()).map(s -> s.inputs().get("model")).orElse("");
        groups
            .computeIfAbsent(
                List.of(start, curve.set(), measured(curves, curve.stage())),
                key -> new ArrayList<>())
            .add(curve);
      }
    }
    return groups.values().stream().filter(group -> group.size() > 1).toList();
  }

  /** Names and document lengths of a stage's sets: equal where the documents are. */
  private static String measured(List<HeldOutCurve> curves, String stage) {
    StringBuilder text = new StringBuilder();
    for (HeldOutCurve curve : curves) {
      if (curve.stage().equals(stage)) {
        text.append(curve.set()).append(Arrays.toString(curve.tokens()));
      }
    }
    return text.toString();
  }

  private static List<Block> equalLoss(
      RunData run, List<HeldOutCurve> curves, List<HeldOutCurve> alike) {
    EqualLoss level = EqualLoss.of(alike);
    List<List<String>> rows = new ArrayList<>();
    Map<String, HeldOutCurve.Point> firsts = new LinkedHashMap<>();
    for (HeldOutCurve fresh : alike) {
      EqualLoss.Place place = level.first(fresh);
      for (HeldOutCurve old : curves) {
        if (!old.trained() && old.stage().equals(fresh.stage())) {
          HeldOutCurve.Point read = place.on(old);
          HeldOutCurve.Point first = firsts.getOrDefault(old.set(), read);
          boolean compared = firsts.putIfAbsent(old.set(), read) != null;
          rows.add(
              List.of(
                  fresh.stage(),
                  replay(run, fresh.stage()),
                  Digits.of(read.step()),
                  old.set(),
                  Shown.number(old.perplexity(old.points().get(0))),
                  Shown.number(old.perplexity(read)),
                  compared ? "× " + Shown.number(old.ratio(first, read)) : "–"));
        }
      }
    }
    String caption =
        "At equal loss on %s: %s nats per token, perplexity %s, the lowest that all reach"
            .formatted(
                alike.get(0).set(), Digits.of(level.level()), Digits.of(Math.exp(level.level())));
    return List.of(
        new Block.Table(
            caption,
            List.of("stage", "replay", "step", "set", "before", "there", "against the first"),
            rows),
        new Block.Text(
            "The step is where the stage's loss on %s first gets there, straight lines between evaluations; it is held fixed in the intervals, which are over the documents of the set. One seed."
                .formatted(alike.get(0).set())));
  }

  private static String replay(RunData run, String stage) {
    OptionalDouble share =
        run.named(stage).map(s -> s.summary("replay_share")).orElse(OptionalDouble.empty());
    return share.isPresent() ? Digits.percent(share.getAsDouble()) : "none";
  }

  private static List<Chart> charts(List<HeldOutCurve> curves) {
    List<Chart> charts = new ArrayList<>();
    charts.add(
        new LineChart(
            "Loss on held-out sets",
            "Step 0 is the model that training went on from. Perplexity is e to this power.",
            "step",
            "nats per token",
            curves.stream().map(HeldOutCurve::series).toList(),
            List.of()));
    List<Series> trades = new ArrayList<>();
    for (HeldOutCurve fresh : curves) {
      for (HeldOutCurve old : curves) {
        boolean pair = fresh.trained() && !old.trained() && fresh.stage().equals(old.stage());
        if (pair) {
          trades.add(
              new Series(
                  "%s: %s against %s".formatted(fresh.stage(), old.set(), fresh.set()),
                  fresh.series().y(),
                  old.series().y()));
        }
      }
    }
    if (!trades.isEmpty()) {
      charts.add(
          new ScatterChart(
              "Old domain against new",
              "One point per evaluation, later ones fuller. Lower and further left is better.",
              "nats per token, new domain",
              "nats per token, old domain",
              trades));
    }
    return charts;
  }
}
