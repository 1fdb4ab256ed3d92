package org.plumbline.reward;

import org.plumbline.data.PreferencePair;
import org.plumbline.data.PromptSplitter;
import org.plumbline.data.world.BagOfWords;

/** Rules that a reward model should beat, tested on the same held-out pairs. */
final class SimpleRules {
  private double shorter;
  private double words;
  private int pairs;

  /** Fits on the fold's training pairs, tests on those held out; ties count half. */
  void test(PromptSplitter.Fold<PreferencePair> fold) {
    BagOfWords bag = BagOfWords.fit(fold.train());
    for (PreferencePair pair : fold.heldOut()) {
      shorter += won(pair.rejected().length(), pair.chosen().length());
      words += won(bag.score(pair.chosen()), bag.score(pair.rejected()));
      pairs++;
    }
  }

  private static double won(double ours, double theirs) {
    return ours > theirs ? 1 : ours == theirs ? 0.5 : 0;
  }

  /** Share of pairs whose shorter answer (in characters) was chosen. */
  double shorterWins() {
    return shorter / pairs;
  }

  /** Accuracy of logistic regression on word counts. */
  double bagOfWords() {
    return words / pairs;
  }
}
