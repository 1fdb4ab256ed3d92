package org.plumbline.evaluation.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.plumbline.evaluation.chart.Bar;
import org.plumbline.evaluation.chart.BarChart;
import org.plumbline.evaluation.chart.Chart;
import org.plumbline.evaluation.report.EvaluationData.Model;
import org.plumbline.stage.statistics.Interval;

/** Rates by group and the gap between groups, before and after. */
final class FairnessSection {
  private static final Map<String, String> RATES = rates();

  private FairnessSection() {}

  private static Map<String, String> rates() {
    Map<String, String> rates = new LinkedHashMap<>();
    rates.put("grant_rate", "Requests granted");
    rates.put("true_positive_rate", "Eligible requests granted (TPR)");
    rates.put("false_positive_rate", "Ineligible requests granted (FPR)");
    rates.put("good_rate", "Good replies by group");
    return rates;
  }

  static Section of(List<EvaluationData> evaluations) {
    List<Block> blocks = new ArrayList<>();
    for (EvaluationData evaluation : evaluations) {
      List<Chart> charts = new ArrayList<>();
      RATES.forEach((key, title) -> charts.addAll(charts(evaluation, key, title)));
      if (!charts.isEmpty()) {
        blocks.add(
            new Block.Text(
                "The groups are synthetic. Each request is rendered once for every group, so that"
                    + " nothing but the group differs. The gap is the largest rate minus the"
                    + " smallest; being a maximum, it is above zero by chance even where groups are"
                    + " treated alike: the signed difference, whose interval then covers zero, is"
                    + " the test."));
        blocks.add(new Block.Charts(charts));
        blocks.add(table(evaluation));
      }
    }
    return new Section("fairness", "Fairness before and after", blocks);
  }

  private static List<Chart> charts(EvaluationData evaluation, String key, String title) {
    List<Bar> bars = new ArrayList<>();
    List<String> groups =
        evaluation.models().stream().findFirst().map(m -> m.groups(key)).orElse(List.of());
    for (Model model : evaluation.models()) {
      for (int colour = 0; colour < groups.size(); colour++) {
        Optional<Interval> rate = model.groupRate(key, groups.get(colour));
        int place = colour + 2;
        String label = model.name() + " · " + groups.get(colour);
        rate.ifPresent(r -> bars.add(new Bar(label, place, r.value(), r.low(), r.high())));
      }
    }
    return bars.isEmpty()
        ? List.of()
        : List.of(new BarChart(title, "", true, List.of(), bars, List.of()));
  }

  private static Block table(EvaluationData evaluation) {
    List<List<String>> rows = new ArrayList<>();
    for (Model model : evaluation.models()) {
      RATES.forEach(
          (key, title) ->
              model
                  .gap(key)
                  .ifPresent(
                      gap ->
                          rows.add(
                              List.of(
                                  model.name(),
                                  title,
                                  Shown.share(gap),
                                  Shown.shareOrDash(model.signedGap(key)),
                                  model
                                      .signedGap(key)
                                      .map(signed -> signed.excludesZero() ? "yes" : "no")
                                      .orElse("–")))));
    }
    return new Block.Table(
        "Gaps between groups",
        List.of("model", "rate", "gap", "signed difference", "groups differ"),
        rows);
  }
}
