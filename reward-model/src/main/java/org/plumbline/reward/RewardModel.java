package org.plumbline.reward;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import org.plumbline.data.Prompt;
import org.plumbline.model.architecture.LoadOptions;
import org.plumbline.model.architecture.ModelBundle;
import org.plumbline.model.generation.SequenceScorer;
import org.plumbline.training.ModelArtifacts;

/** A trained reward model that scores texts with its own tokenizer. */
public final class RewardModel implements RewardFunction, AutoCloseable {
  private final ModelBundle bundle;
  private final int maxLength;
  private final SequenceScorer scorer;

  /**
   * Wraps a loaded model, which is closed with this.
   *
   * @param maxLength most tokens; prompts are cut from their left
   */
  public RewardModel(ModelBundle bundle, int maxLength, int batchSize) {
    this(bundle, maxLength, batchSize, rows -> {});
  }

  /**
   * Wraps a loaded model, which is closed with this.
   *
   * @param done told how many texts of a call are scored
   */
  public RewardModel(ModelBundle bundle, int maxLength, int batchSize, LongConsumer done) {
    this.bundle = bundle;
    this.maxLength = maxLength;
    this.scorer = new SequenceScorer(bundle.model(), batchSize, done);
    bundle.model().scoreHead(bundle.active());
  }

  /** Opens a reward model's folder. */
  public static RewardModel open(Path folder, LoadOptions options, int maxLength) {
    return new RewardModel(ModelBundle.open(folder, options), maxLength, 32);
  }

  /** The model beneath, for a value model on the same base. */
  public ModelBundle bundle() {
    return bundle;
  }

  @Override
  public double[] score(List<Prompt> prompts, List<String> replies) {
    List<int[]> rows = new ArrayList<>();
    for (int i = 0; i < replies.size(); i++) {
      int[] ids = bundle.encoder().scored(ModelArtifacts.messages(prompts.get(i)), replies.get(i));
      rows.add(PairEncoder.fit(ids, maxLength));
    }
    return scorer.scores(rows, bundle.active());
  }

  @Override
  public void close() {
    bundle.close();
  }
}
