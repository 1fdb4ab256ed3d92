package org.plumbline.evaluation.report;

import java.util.List;

/**
 * Where several stages have learned a new domain equally well: at the lowest loss that all of them
 * reach, each where its curve first gets there, straight lines between evaluations.
 *
 * @param level mean loss on the new domain, nats per token
 */
record EqualLoss(double level) {
  /**
   * A place on a curve.
   *
   * @param before number of the evaluation before it
   * @param share of the way to the next one
   */
  record Place(int before, double share) {
    /** The point of another set's curve of the same stage. */
    HeldOutCurve.Point on(HeldOutCurve curve) {
      HeldOutCurve.Point from = curve.points().get(before);
      return share == 0 ? from : from.towards(curve.points().get(before + 1), share);
    }
  }

  /** The level of these new-domain curves, one per stage, at least one. */
  static EqualLoss of(List<HeldOutCurve> curves) {
    return new EqualLoss(
        curves.stream()
            .mapToDouble(
                curve -> curve.points().stream().mapToDouble(curve::loss).min().orElse(Double.NaN))
            .max()
            .orElse(Double.NaN));
  }

  /** Where a curve first gets down to the level; it does. */
  Place first(HeldOutCurve curve) {
    int k = 0;
    while (curve.loss(curve.points().get(k)) > level) {
      k++;
    }
    if (k == 0) {
      return new Place(0, 0);
    }
    double above = curve.loss(curve.points().get(k - 1));
    double below = curve.loss(curve.points().get(k));
    return new Place(k - 1, (above - level) / (above - below));
  }
}
