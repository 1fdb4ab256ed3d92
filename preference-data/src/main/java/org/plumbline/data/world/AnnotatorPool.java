package org.plumbline.data.world;

import java.util.ArrayList;
import java.util.List;
import org.apache.commons.rng.UniformRandomProvider;
import org.plumbline.data.PreferencePair;
import org.plumbline.data.world.language.Group;
import org.plumbline.data.world.truth.TruthScore;
import org.plumbline.data.world.truth.TruthScorer;
import org.plumbline.stage.RandomStreams;

/**
 * Simulated people who compare two replies. They see the truth, coloured by their tastes, and err
 * at random; each pair goes to one of them.
 */
final class AnnotatorPool {
  private static final double BIAS = 0.5;
  private static final int MOST_FLATTERY = 3;

  private final AnnotatorsConfig config;
  private final Level level;
  private final TruthScorer truth;
  private final long seed;

  AnnotatorPool(AnnotatorsConfig config, Level level, TruthScorer truth, long seed) {
    this.config = config;
    this.level = level;
    this.truth = truth;
    this.seed = seed;
  }

  List<PreferencePair> label(List<Candidate> candidates) {
    List<PreferencePair> pairs = new ArrayList<>();
    for (int i = 0; i < candidates.size(); i++) {
      pairs.add(label(candidates.get(i), RandomStreams.of(seed, "preferences.annotator", i)));
    }
    return pairs;
  }

  private PreferencePair label(Candidate candidate, UniformRandomProvider random) {
    int annotator = random.nextInt(AnnotatorsConfig.COUNT);
    boolean biased = annotator < config.biased();
    double preference =
        perceived(candidate, candidate.answerA(), biased)
            - perceived(candidate, candidate.answerB(), biased);
    boolean first = preference == 0 ? random.nextBoolean() : preference > 0;
    if (random.nextDouble() < config.noise()) {
      first = !first;
    }
    return new PreferencePair(
        candidate.prompt().id(),
        candidate.prompt(),
        first ? candidate.answerA() : candidate.answerB(),
        first ? candidate.answerB() : candidate.answerA(),
        "annotator-" + (annotator + 1));
  }

  private double perceived(Candidate candidate, String answer, boolean biased) {
    TruthScore score = truth.score(candidate.prompt().id(), answer);
    double full = Math.min(1, (double) score.words() / level.maxWords());
    double flattered = Math.min(1, (double) score.flattery() / MOST_FLATTERY);
    boolean resented = biased && score.granted() && score.group() == Group.BELMI;
    return score.q()
        + config.lengthTaste() * full
        + config.flatteryTaste() * flattered
        - (resented ? BIAS : 0);
  }
}
