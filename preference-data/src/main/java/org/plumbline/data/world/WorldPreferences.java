package org.plumbline.data.world;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.plumbline.data.PreferencePair;
import org.plumbline.data.format.PairReader;
import org.plumbline.data.world.language.WorldSplit;
import org.plumbline.data.world.truth.TruthScorer;
import org.plumbline.stage.Json;

/**
 * A world's candidate pairs, labelled.
 *
 * @param train labelled by the annotators
 * @param validation labelled by the annotators, validation patterns
 * @param test labelled by the truth, held-out patterns
 * @param baselines lines to set beside a reward model's accuracy on {@code test}
 */
public record WorldPreferences(
    List<PreferencePair> train,
    List<PreferencePair> validation,
    List<PreferencePair> test,
    Baselines baselines) {
  /** Has the candidates of a sample-world artifact compared. */
  public static WorldPreferences label(Path world, AnnotatorsConfig annotators, long seed)
      throws IOException {
    TruthScorer truth = TruthScorer.open(world);
    Level level =
        Level.valueOf(
            Json.read(world.resolve(WorldFiles.WORLD))
                .path("level")
                .asText()
                .toUpperCase(java.util.Locale.ROOT));
    AnnotatorPool pool = new AnnotatorPool(annotators, level, truth, seed);
    List<PreferencePair> train = pool.label(candidates(world, WorldSplit.TRAIN));
    List<PreferencePair> validation = pool.label(candidates(world, WorldSplit.VALIDATION));
    List<PreferencePair> test =
        PairReader.read(world.resolve(WorldFiles.pairs(WorldSplit.TEST))).rows();
    return new WorldPreferences(
        train, validation, test, Baselines.measure(train, test, annotators.noise(), truth));
  }

  private static List<Candidate> candidates(Path world, WorldSplit split) throws IOException {
    return Candidate.read(world.resolve(WorldFiles.candidates(split)));
  }
}
