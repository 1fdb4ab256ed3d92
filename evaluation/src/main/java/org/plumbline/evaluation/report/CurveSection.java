package org.plumbline.evaluation.report;

import java.util.ArrayList;
import java.util.List;
import org.plumbline.evaluation.chart.Chart;
import org.plumbline.evaluation.chart.LineChart;
import org.plumbline.evaluation.chart.ReferenceLine;
import org.plumbline.evaluation.chart.ScatterChart;
import org.plumbline.evaluation.chart.Series;

/** Curves over steps: how the policies moved, and how the language was learnt. */
final class CurveSection {
  private CurveSection() {}

  /** A metric with the words around it. */
  private record Curve(String metric, String title, String unit, String note) {}

  private static final List<Curve> POLICY =
      List.of(
          new Curve("objective/scores", "Reward", "reward", "Mean reward of sampled replies."),
          new Curve(
              "eval/scores",
              "Reward on held-out prompts",
              "reward",
              "By this the checkpoint is chosen."),
          new Curve(
              "objective/kl",
              "KL from the reference",
              "nats per reply",
              "Sum over the reply, mean over the batch."),
          new Curve("eval/kl", "KL on held-out prompts", "nats per reply", ""),
          new Curve(
              "objective/rlhf_reward", "Reward less KL penalty", "reward", "What PPO maximises."),
          new Curve("objective/kl_coef", "KL coefficient", "β", ""),
          new Curve(
              "objective/entropy",
              "Entropy",
              "nats per reply",
              "Near zero the policy always says the same."),
          new Curve("response_length", "Reply length", "tokens", ""),
          new Curve("val/num_eos_tokens", "Replies that end", "per batch", ""),
          new Curve(
              "policy/clipfrac_avg",
              "Clip fraction",
              "share",
              "Above 0.3 the steps are too large."),
          new Curve(
              "policy/approxkl_avg",
              "Step size",
              "nats",
              "KL between the policy before and after an update, ½ mean Δ²."),
          new Curve(
              "val/ratio", "Probability ratio", "ratio", "1 at the first step of each update."),
          new Curve("loss/policy_avg", "Policy loss", "loss", ""),
          new Curve("loss/value_avg", "Value loss", "loss", ""));

  static Section policies(RunData run) {
    List<StageData> stages = run.ofKind("ppo");
    List<Chart> charts = new ArrayList<>();
    ScatterChart frontier =
        new ScatterChart(
            "Reward against √KL",
            "One point per update, later ones fuller. A curve that bends down while reward still"
                + " rises elsewhere is over-optimisation (Gao et al. 2022).",
            "√KL, √nats",
            "reward",
            stages.stream().map(CurveSection::frontier).toList());
    if (!frontier.isEmpty()) {
      charts.add(frontier);
    }
    for (Curve curve : POLICY) {
      add(charts, chart(stages, curve, List.of(curve.metric()), List.of()));
    }
    return section("policy", "Policy optimisation", charts);
  }

  private static Series frontier(StageData stage) {
    boolean evaluated = stage.series("eval/kl", "").size() > 2;
    Series kl = stage.series(evaluated ? "eval/kl" : "objective/kl", "");
    Series score = stage.series(evaluated ? "eval/scores" : "objective/scores", "");
    int points = Math.min(kl.size(), score.size());
    double[] x = new double[points];
    double[] y = new double[points];
    for (int i = 0; i < points; i++) {
      x[i] = Math.sqrt(Math.max(0, kl.y()[i]));
      y[i] = score.y()[i];
    }
    return new Series(stage.name(), x, y);
  }

  static Section language(RunData run) {
    List<Chart> charts = new ArrayList<>();
    for (String kind : List.of("pretrain", "sft")) {
      String title = kind.equals("sft") ? "Supervised fine-tuning" : "Pretraining";
      List<StageData> stages = run.ofKind(kind);
      add(
          charts,
          chart(
              stages,
              new Curve("", title + ": loss", "nats per token", "Cross-entropy of the next token."),
              List.of("loss", "eval_loss"),
              List.of()));
      add(
          charts,
          chart(
              stages,
              new Curve("", title + ": learning rate", "learning rate", ""),
              List.of("learning_rate"),
              List.of()));
      add(
          charts,
          chart(
              stages,
              new Curve("", title + ": gradient norm", "norm", "Before clipping."),
              List.of("grad_norm"),
              List.of()));
    }
    return section("language", "Learning the language and the task", charts);
  }

  static Section rewardModels(RunData run, List<Chart> bars) {
    List<StageData> stages = run.ofKind("reward-model");
    List<Chart> charts = new ArrayList<>(bars);
    add(
        charts,
        chart(
            stages,
            new Curve(
                "",
                "Accuracy",
                "share of pairs",
                "Pairs whose chosen answer gets the higher reward."),
            List.of("accuracy", "eval_accuracy"),
            List.of(new ReferenceLine("chance", 0.5))));
    add(
        charts,
        chart(
            stages,
            new Curve("", "Loss", "nats", "Bradley–Terry: −log σ(r_chosen − r_rejected)."),
            List.of("loss", "eval_loss"),
            List.of(new ReferenceLine("knows nothing: ln 2", Math.log(2)))));
    add(
        charts,
        chart(
            stages,
            new Curve(
                "", "Margin", "reward", "Reward of the chosen less that of the rejected answer."),
            List.of("margin"),
            List.of()));
    return section("reward", "Reward models", charts);
  }

  private static LineChart chart(
      List<StageData> stages, Curve curve, List<String> metrics, List<ReferenceLine> references) {
    List<Series> series = new ArrayList<>();
    for (StageData stage : stages) {
      for (String metric : metrics) {
        String suffix = metric.startsWith("eval_") ? " (validation)" : "";
        series.add(stage.series(metric, stage.name() + suffix));
      }
    }
    return new LineChart(curve.title(), curve.note(), "step", curve.unit(), series, references);
  }

  private static void add(List<Chart> charts, LineChart chart) {
    if (!chart.isEmpty()) {
      charts.add(chart);
    }
  }

  private static Section section(String id, String title, List<Chart> charts) {
    return new Section(id, title, charts.isEmpty() ? List.of() : List.of(new Block.Charts(charts)));
  }
}
