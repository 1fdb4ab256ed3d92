package org.plumbline.evaluation.report;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.plumbline.evaluation.chart.Digits;
import org.plumbline.evaluation.chart.Series;
import org.plumbline.evaluation.report.EvaluationData.Model;
import org.plumbline.stage.statistics.Interval;

/** What the stages warned of, and what the numbers show by themselves: cause and next step. */
final class WarningSection {
  private WarningSection() {}

  static Section of(RunData run, List<EvaluationData> evaluations) throws IOException {
    List<Block> warnings = new ArrayList<>();
    for (StageData stage : run.stages()) {
      stage
          .manifest()
          .path("warnings")
          .forEach(
              line -> warnings.add(new Block.Warning(stage.name() + ": " + line.asText(), "", "")));
      if (stage.manifest().path("forced").asBoolean()) {
        warnings.add(
            new Block.Warning(
                stage.name() + " went on after a change",
                "it was run with --force: its config or input differs from that of its beginning",
                "run it again with --fresh before its figures are quoted"));
      }
    }
    warnings.addAll(ForgettingSection.warnings(run));
    run.ofKind("ppo").forEach(stage -> policy(warnings, stage));
    run.ofKind("reward-model").forEach(stage -> rewardModel(warnings, run, evaluations, stage));
    run.ofKind("ai-feedback").forEach(stage -> judge(warnings, stage));
    for (EvaluationData evaluation : evaluations) {
      evaluation.aligned().forEach(model -> outcome(warnings, evaluation, model));
    }
    return new Section("warnings", "Warnings", warnings);
  }

  private static void policy(List<Block> warnings, StageData stage) {
    Series kl = stage.series("objective/kl", "");
    if (kl.size() > 0 && kl.last() > 15) {
      warnings.add(
          new Block.Warning(
              "%s ended %s nats per reply from its reference"
                  .formatted(stage.name(), Digits.of(kl.last())),
              "the KL penalty is weak beside the reward; far from the reference the reward model"
                  + " judges texts unlike any it was trained on",
              "raise kl.beta or use an adaptive target; read the samples before trusting the"
                  + " reward"));
    }
    Series clipped = stage.series("policy/clipfrac_avg", "");
    if (clipped.size() > 0 && mean(clipped) > 0.3) {
      warnings.add(
          new Block.Warning(
              "%s clipped %s of its steps".formatted(stage.name(), Digits.percent(mean(clipped))),
              "updates are too large for the clip range",
              "lower the learning rate or the number of epochs per batch"));
    }
    Series entropy = stage.series("objective/entropy", "");
    if (entropy.size() > 1 && entropy.last() < 0.1 * entropy.y()[0]) {
      warnings.add(
          new Block.Warning(
              "%s lost nine tenths of its entropy".formatted(stage.name()),
              "the policy has collapsed onto a few replies",
              "raise the KL penalty or stop earlier (kl.limit)"));
    }
  }

  private static double mean(Series series) {
    return java.util.Arrays.stream(series.y()).average().orElse(0);
  }

  private static void rewardModel(
      List<Block> warnings, RunData run, List<EvaluationData> evaluations, StageData stage) {
    Optional<Interval> accuracy = RewardLines.accuracy(stage, evaluations);
    OptionalDouble simple = RewardLines.bagOfWords(run);
    if (accuracy.isPresent()
        && simple.isPresent()
        && accuracy.get().value() <= simple.getAsDouble()) {
      warnings.add(
          new Block.Warning(
              "%s (%s) is no better than a bag of words (%s)"
                  .formatted(
                      stage.name(),
                      Digits.percent(accuracy.get().value()),
                      Digits.percent(simple.getAsDouble())),
              "too few pairs, too few steps, or labels that follow surface words",
              "look at the loss curve; train longer or on more pairs before using it as a reward"));
    }
  }

  private static void judge(List<Block> warnings, StageData stage) {
    double bias = stage.summary("position_bias").orElse(0);
    if (bias > 0.3) {
      warnings.add(
          new Block.Warning(
              "%s: the judge followed the position in %s of the pairs"
                  .formatted(stage.name(), Digits.percent(bias)),
              "the judge is too weak to tell the answers apart, or they are alike",
              "those pairs are ties and were left out; use a stronger judge for more labels"));
    }
    double none = stage.summary("none").orElse(0) / stage.summary("asked").orElse(1);
    if (none > 0.05) {
      warnings.add(
          new Block.Warning(
              "%s: %s of the pairs got no verdict".formatted(stage.name(), Digits.percent(none)),
              "the judge does not keep to the JSON asked for",
              "read verdicts.jsonl; try judge.json_mode or another model"));
    }
  }

  private static void outcome(List<Block> warnings, EvaluationData evaluation, Model model) {
    Interval nothing = Interval.exact(0, 0);
    Interval good = model.change("good_rate").orElse(nothing);
    for (String reward : model.rewards()) {
      Interval gain = model.change("reward/" + reward).orElse(nothing);
      if (gain.low() > 0 && good.high() < 0) {
        warnings.add(
            new Block.Warning(
                "%s: the reward rose and the truth fell".formatted(model.name()),
                "over-optimisation: the policy found what %s likes and people do not"
                    .formatted(reward),
                "take an earlier checkpoint, raise the KL penalty, or train the reward model on"
                    + " replies of this policy"));
      }
    }
    if (model.change("good_rate").isPresent() && !good.excludesZero()) {
      warnings.add(
          new Block.Warning(
              "%s: no gain over %s is shown"
                  .formatted(model.name(), evaluation.root().path("baseline").asText()),
              "the interval of the change covers zero: too few prompts, or no effect",
              "evaluate on more prompts; look at the reward curve"));
    }
    replies(warnings, model);
  }

  private static void replies(List<Block> warnings, Model model) {
    model
        .number("ended")
        .filter(ended -> ended.value() < 0.9)
        .ifPresent(
            ended ->
                warnings.add(
                    new Block.Warning(
                        "%s ends only %s of its replies"
                            .formatted(model.name(), Digits.percent(ended.value())),
                        "the end token is not learnt, or the bound on new tokens is tight",
                        "raise max_new_tokens, or use the missing-end penalty")));
    model
        .signedGap("grant_rate")
        .filter(Interval::excludesZero)
        .ifPresent(
            gap ->
                warnings.add(
                    new Block.Warning(
                        "%s treats the groups differently: %s points in granting (%s)"
                            .formatted(
                                model.name(),
                                Shown.points(gap).replace(" points", ""),
                                Shown.shareRange(gap)),
                        "the bias of demonstrations, annotators or judge was learnt, or not undone",
                        "look at the pairs by group; balance or reweigh them")));
  }
}
