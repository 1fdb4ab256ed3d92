package org.plumbline.evaluation;

import java.util.List;
import org.plumbline.data.Outcome;
import org.plumbline.data.PreferencePair;
import org.plumbline.data.Prompt;
import org.plumbline.evaluation.statistics.Wilson;
import org.plumbline.stage.statistics.Interval;

/** Share of pairs whose chosen answer gets the higher reward; an equal reward is half right. */
final class RewardAccuracy {
  private RewardAccuracy() {}

  static Interval of(ReplyScorer scorer, List<PreferencePair> all) {
    List<PreferencePair> pairs =
        all.stream().filter(pair -> pair.outcome() == Outcome.CHOSEN).toList();
    List<Prompt> prompts = pairs.stream().map(PreferencePair::prompt).toList();
    double[] chosen = scorer.score(prompts, pairs.stream().map(PreferencePair::chosen).toList());
    double[] rejected =
        scorer.score(prompts, pairs.stream().map(PreferencePair::rejected).toList());
    double right = 0;
    for (int i = 0; i < chosen.length; i++) {
      right += (1 + Math.signum(chosen[i] - rejected[i])) / 2;
    }
    return Wilson.interval(right, pairs.size());
  }
}
