package org.plumbline.evaluation.statistics;

import org.plumbline.stage.statistics.Bootstrap;
import org.plumbline.stage.statistics.Interval;

/**
 * Wins of a model over a baseline, reply against reply to the same prompt.
 *
 * @param rate share won, ties counting half, with its interval over prompts
 */
public record WinRate(int wins, int ties, int losses, Interval rate) {
  /**
   * Compares scores.
   *
   * @param model by prompt, one score per reply
   * @param baseline the same shape; reply i meets reply i
   */
  public static WinRate of(double[][] model, double[][] baseline, Bootstrap bootstrap) {
    double[][] outcomes = new double[model.length][];
    for (int prompt = 0; prompt < model.length; prompt++) {
      outcomes[prompt] = new double[model[prompt].length];
      for (int i = 0; i < outcomes[prompt].length; i++) {
        outcomes[prompt][i] = (1 + Math.signum(model[prompt][i] - baseline[prompt][i])) / 2;
      }
    }
    return ofOutcomes(outcomes, bootstrap);
  }

  /** Counts outcomes by prompt: 1 won, ½ a tie, 0 lost; a prompt may have none. */
  public static WinRate ofOutcomes(double[][] outcomes, Bootstrap bootstrap) {
    int wins = 0;
    int ties = 0;
    int losses = 0;
    for (double[] prompt : outcomes) {
      for (double outcome : prompt) {
        wins += outcome == 1 ? 1 : 0;
        ties += outcome == 0.5 ? 1 : 0;
        losses += outcome == 0 ? 1 : 0;
      }
    }
    return new WinRate(wins, ties, losses, bootstrap.clustered(outcomes));
  }
}
