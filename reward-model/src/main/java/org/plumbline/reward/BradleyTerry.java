package org.plumbline.reward;

/**
 * The pairwise loss of reward models (Bradley and Terry 1952; Ouyang et al. 2022, eq. 1): −log
 * σ(r_chosen − r_rejected − margin), with an optional pull of the rewards' sum to zero (Eisenstein
 * et al. 2023).
 */
public final class BradleyTerry {
  private BradleyTerry() {}

  /**
   * Mean loss of pairs and its gradient.
   *
   * @param chosen rewards of the better answers (N)
   * @param rejected rewards of the worse answers (N)
   * @param margins by how much the first should lead (N), zeros for the plain loss
   * @param centering coefficient of mean((r_chosen + r_rejected)²), 0 for none
   * @param denominator what the sums are divided by: pairs in the whole step
   */
  public static Result loss(
      double[] chosen, double[] rejected, double[] margins, double centering, double denominator) {
    double loss = 0;
    double correct = 0;
    double margin = 0;
    double[] chosenGrad = new double[chosen.length];
    double[] rejectedGrad = new double[chosen.length];
    for (int i = 0; i < chosen.length; i++) {
      double lead = chosen[i] - rejected[i] - margins[i];
      double sum = chosen[i] + rejected[i];
      loss += softplus(-lead) + centering * sum * sum;
      double push = -1 / (1 + Math.exp(lead));
      chosenGrad[i] = (push + 2 * centering * sum) / denominator;
      rejectedGrad[i] = (-push + 2 * centering * sum) / denominator;
      double gap = chosen[i] - rejected[i];
      correct += gap > 0 ? 1 : 0;
      margin += gap;
    }
    return new Result(
        loss / denominator, correct / denominator, margin / denominator, chosenGrad, rejectedGrad);
  }

  /** log(1 + e^x) without overflow. */
  private static double softplus(double x) {
    return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
  }

  /**
   * What one call gives; all sums are divided by the denominator.
   *
   * @param accuracy pairs whose better answer has the higher reward
   * @param margin lead of the better answer
   * @param chosenGrad d loss / d chosen (N)
   * @param rejectedGrad d loss / d rejected (N)
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Result(
      double loss, double accuracy, double margin, double[] chosenGrad, double[] rejectedGrad) {}
}
