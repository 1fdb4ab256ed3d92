package org.plumbline.evaluation;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.plumbline.data.PreferencePair;
import org.plumbline.data.Prompt;
import org.plumbline.data.world.truth.TruthScore;
import org.plumbline.data.world.truth.TruthScorer;
import org.plumbline.feedback.JudgeQuestion;
import org.plumbline.feedback.JudgeSession;
import org.plumbline.feedback.LabelRun;
import org.plumbline.feedback.Outcome;
import org.plumbline.feedback.SampleJudge;
import org.plumbline.feedback.Verdict;
import org.plumbline.stage.Progress;
import org.plumbline.stage.RandomStreams;
import org.plumbline.stage.RunContext;
import org.plumbline.stage.StoppedException;
import org.plumbline.stage.statistics.Interval;

/** Lets every model reply and everything score the replies; one model is loaded at a time. */
final class Measurement {
  private final EvaluationModels models;
  private final EvaluateConfig config;
  private final RunContext context;
  private final HeldOut heldOut;
  private final List<PreferencePair> pairs;
  private final Optional<TruthScorer> truth;

  Measurement(
      EvaluationModels models,
      EvaluateConfig config,
      RunContext context,
      HeldOut heldOut,
      List<PreferencePair> pairs,
      Optional<TruthScorer> truth) {
    this.models = models;
    this.config = config;
    this.context = context;
    this.heldOut = heldOut;
    this.pairs = pairs;
    this.truth = truth;
  }

  /** Replies of one model with their own log-probabilities. */
  private record Drawn(ModelEntry model, List<Reply> replies, double[] own) {}

  /**
   * Everything measured.
   *
   * @param rewardAccuracy by reward model, share of the clean held-out pairs it orders rightly;
   *     empty where there are none
   */
  record Result(List<Measured> models, Map<String, Interval> rewardAccuracy) {}

  Result run() throws IOException {
    List<ModelEntry> entries = config.entries();
    int steps = entries.size() + 1 + config.rewards().size();
    try (Progress progress = context.progress("evaluation", steps)) {
      List<Drawn> drawn = new ArrayList<>();
      for (ModelEntry entry : entries) {
        step(progress, drawn.size(), "replies of " + entry.label());
        drawn.add(draw(entry));
      }
      step(progress, drawn.size(), "KL from " + config.referenceEntry().label());
      List<double[]> reference = reference(drawn);
      Map<String, List<double[]>> rewards = new LinkedHashMap<>();
      Map<String, Interval> accuracy = new LinkedHashMap<>();
      for (String reward : config.rewards()) {
        step(progress, drawn.size() + 1 + rewards.size(), "reward of " + reward);
        String label = ModelEntry.of(reward).label();
        try (ReplyScorer scorer = models.openReward(reward, config, context)) {
          rewards.put(label, rewards(scorer, drawn));
          if (!pairs.isEmpty()) {
            accuracy.put(label, RewardAccuracy.of(scorer, pairs));
          }
        }
      }
      progress.to(steps, "");
      return new Result(measured(drawn, reference, rewards), accuracy);
    }
  }

  private void step(Progress progress, int done, String note) {
    if (context.stopRequested()) {
      throw new StoppedException("stopped within the evaluation, which starts anew next time");
    }
    progress.to(done, note);
  }

  private Drawn draw(ModelEntry entry) throws IOException {
    try (EvaluatedPolicy policy = models.open(entry, config, context)) {
      long seed = RandomStreams.address(context.seed(), "evaluate.replies");
      List<Reply> replies = policy.generate(heldOut.prompts(), config.samples(), seed);
      if (replies.size() != heldOut.replies()) {
        throw new IllegalStateException(
            "%s gave %d replies, %d prompts × %d samples are needed"
                .formatted(
                    entry.label(), replies.size(), heldOut.prompts().size(), config.samples()));
      }
      return new Drawn(entry, replies, policy.logProbabilities(heldOut.perReply(), replies));
    }
  }

  /** log π_ref of every model's replies; the reference's own are known already if it was drawn. */
  private List<double[]> reference(List<Drawn> drawn) throws IOException {
    ModelEntry reference = config.referenceEntry();
    try (EvaluatedPolicy policy = models.open(reference, config, context)) {
      List<double[]> all = new ArrayList<>();
      for (Drawn model : drawn) {
        all.add(
            model.model().equals(reference)
                ? model.own()
                : policy.logProbabilities(heldOut.perReply(), model.replies()));
      }
      return all;
    }
  }

  private List<double[]> rewards(ReplyScorer scorer, List<Drawn> drawn) {
    List<double[]> all = new ArrayList<>();
    for (Drawn model : drawn) {
      List<String> texts = model.replies().stream().map(Reply::text).toList();
      all.add(scorer.score(heldOut.perReply(), texts));
    }
    return all;
  }

  private List<Measured> measured(
      List<Drawn> drawn, List<double[]> reference, Map<String, List<double[]>> rewards) {
    List<Reply> baseline =
        drawn.stream()
            .filter(d -> d.model().label().equals(config.baseline()))
            .findFirst()
            .orElseThrow()
            .replies();
    List<Measured> all = new ArrayList<>();
    for (int m = 0; m < drawn.size(); m++) {
      Drawn model = drawn.get(m);
      double[] kl = new double[heldOut.replies()];
      for (int i = 0; i < kl.length; i++) {
        kl[i] = model.own()[i] - reference.get(m)[i];
      }
      Map<String, double[]> scores = new LinkedHashMap<>();
      for (Map.Entry<String, List<double[]>> reward : rewards.entrySet()) {
        scores.put(reward.getKey(), reward.getValue().get(m));
      }
      all.add(
          new Measured(
              model.model(),
              model.replies(),
              Optional.of(kl),
              scores,
              truth.map(scorer -> truth(scorer, model.replies())),
              judged(model, baseline)));
    }
    return all;
  }

  private List<TruthScore> truth(TruthScorer scorer, List<Reply> replies) {
    List<Prompt> prompts = heldOut.perReply();
    return IntStream.range(0, replies.size())
        .mapToObj(i -> scorer.score(prompts.get(i).id(), replies.get(i).text()))
        .toList();
  }

  private List<Outcome> judged(Drawn model, List<Reply> baseline) {
    if (config.judge().isEmpty() || model.model().label().equals(config.baseline())) {
      return List.of();
    }
    List<Prompt> prompts = heldOut.perReply();
    List<JudgeQuestion> questions =
        IntStream.range(0, baseline.size())
            .mapToObj(
                i ->
                    new JudgeQuestion(
                        prompts.get(i).id(),
                        prompts.get(i).text(),
                        model.replies().get(i).text(),
                        baseline.get(i).text()))
            .toList();
    Path cache = context.directory().resolve("checkpoints").resolve("judge.jsonl");
    try (JudgeSession session =
        JudgeSession.open(config.judge().get(), cache, SampleJudge.of(context.seed()))) {
      return new LabelRun(
              session.judge(),
              config.judge().get().concurrency(),
              context::stopRequested,
              done -> {})
          .label(questions).stream().map(Verdict::outcome).toList();
    }
  }
}
