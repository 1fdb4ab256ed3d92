package org.plumbline.pipeline;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.plumbline.data.Demonstration;
import org.plumbline.data.Prompt;
import org.plumbline.evaluation.Reply;
import org.plumbline.evaluation.suite.Likelihood;
import org.plumbline.evaluation.suite.SuiteModel;
import org.plumbline.evaluation.suite.SuiteOptions;
import org.plumbline.model.architecture.ModelBundle;
import org.plumbline.model.chat.EncodedDialogue;
import org.plumbline.model.config.Head;
import org.plumbline.model.generation.Generator;
import org.plumbline.model.generation.SamplingConfig;
import org.plumbline.model.generation.SequenceScorer;
import org.plumbline.model.generation.SequenceScorer.Sequence;
import org.plumbline.reward.RewardModel;
import org.plumbline.stage.ConsoleProgress;
import org.plumbline.stage.Progress;
import org.plumbline.training.ModelArtifacts;

/** Joins the port of evaluation's suites to a loaded model. */
public final class MeasuredModel implements SuiteModel {
  private static final int ROWS_AT_ONCE = 16;

  private final ModelBundle bundle;
  private final PrintStream out;

  /**
   * Over a model that the caller closes.
   *
   * @param out takes progress
   */
  public MeasuredModel(ModelBundle bundle, PrintStream out) {
    this.bundle = bundle;
    this.out = out;
  }

  @Override
  public boolean isRewardModel() {
    return bundle.model().config().head() == Head.SEQUENCE_CLASSIFICATION
            && bundle.model().config().numLabels().orElse(0) == 1
        || bundle.active().stream().anyMatch(adapter -> adapter.head().isPresent());
  }

  @Override
  public List<Likelihood> likelihoods(List<Demonstration> rows) {
    List<Sequence> sequences = new ArrayList<>();
    List<Integer> owners = new ArrayList<>();
    for (int row = 0; row < rows.size(); row++) {
      for (Sequence piece : pieces(rows.get(row))) {
        sequences.add(piece);
        owners.add(row);
      }
    }
    double[] sums = new double[rows.size()];
    int[] tokens = new int[rows.size()];
    List<float[]> all;
    try (Progress progress = ConsoleProgress.start("likelihoods", sequences.size(), out)) {
      all =
          new SequenceScorer(bundle.model(), ROWS_AT_ONCE, done -> progress.to(done, ""))
              .logProbs(sequences, bundle.active(), 1);
    }
    for (int i = 0; i < all.size(); i++) {
      for (float value : all.get(i)) {
        sums[owners.get(i)] += value;
      }
      tokens[owners.get(i)] += all.get(i).length;
    }
    List<Likelihood> likelihoods = new ArrayList<>();
    for (int row = 0; row < sums.length; row++) {
      likelihoods.add(new Likelihood(sums[row], tokens[row]));
    }
    return likelihoods;
  }

  /** A dialogue is one sequence; a text longer than the model's context is cut into several. */
  private List<Sequence> pieces(Demonstration row) {
    int longest = bundle.model().config().maxPositions();
    if (!row.isText()) {
      EncodedDialogue dialogue =
          bundle
              .encoder()
              .dialogue(
                  ModelArtifacts.conversation(row.prompt()), ModelArtifacts.message(row.turn()));
      EncodedDialogue fitted = dialogue.truncatedTo(longest);
      int[] ids = Arrays.copyOf(fitted.ids(), fitted.answerEnd());
      return List.of(new Sequence(ids, fitted.promptLength()));
    }
    int[] ids = bundle.encoder().tokenizer().encode(row.answer(), true);
    List<Sequence> pieces = new ArrayList<>();
    for (int from = 0; from + 1 < ids.length; from += longest) {
      int to = Math.min(ids.length, from + longest);
      if (to - from > 1) {
        pieces.add(new Sequence(Arrays.copyOfRange(ids, from, to), 1));
      }
    }
    return pieces;
  }

  @Override
  public double[] rewards(List<Demonstration> rows) {
    int longest = bundle.model().config().maxPositions();
    try (Progress progress = ConsoleProgress.start("rewards", rows.size(), out)) {
      RewardModel reward =
          new RewardModel(bundle, longest, ROWS_AT_ONCE, done -> progress.to(done, ""));
      return reward.score(
          rows.stream().map(Demonstration::prompt).toList(),
          rows.stream().map(Demonstration::answer).toList());
    }
  }

  @Override
  public List<Reply> generate(List<Prompt> prompts, SuiteOptions options) {
    SamplingConfig sampling =
        SamplingConfig.pure(
            options.maxNewTokens(), options.temperature(), bundle.encoder().stopIds());
    long replies = (long) prompts.size() * options.samples();
    try (Progress progress = ConsoleProgress.start("replies", replies, out);
        Generator generator =
            new Generator(bundle.model(), ROWS_AT_ONCE, done -> progress.to(done, ""))) {
      return SampledPolicy.replies(
          bundle, generator, sampling, prompts, options.samples(), options.seed());
    }
  }
}
