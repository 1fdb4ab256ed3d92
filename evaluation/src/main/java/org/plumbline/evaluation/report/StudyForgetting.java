package org.plumbline.evaluation.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.plumbline.stage.statistics.Interval;

/** Loss on the old domain, read where the arms know the new one equally well. */
final class StudyForgetting {
  private final EqualLoss level;

  private StudyForgetting(EqualLoss level) {
    this.level = level;
  }

  /**
   * The level of a study.
   *
   * @param given loss on the new domain; the lowest that all trials reach if absent
   * @return empty where the trials follow no two domains
   */
  static Optional<StudyForgetting> of(List<StudyArm> arms, Optional<Double> given) {
    List<HeldOutCurve> fresh = new ArrayList<>();
    for (StudyArm arm : arms) {
      for (TrialData trial : arm.trials()) {
        if (trial.fresh().isEmpty() || trial.old().isEmpty()) {
          return Optional.empty();
        }
        fresh.add(trial.fresh().get());
      }
    }
    if (fresh.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new StudyForgetting(given.map(EqualLoss::new).orElseGet(() -> EqualLoss.of(fresh))));
  }

  /** Nats per token on the new domain. */
  double level() {
    return level.level();
  }

  /** Mean loss on the old domain there; empty where a trial does not get there. */
  Optional<Interval> old(StudyArm arm) {
    double[] losses = new double[arm.trials().size()];
    for (int i = 0; i < losses.length; i++) {
      HeldOutCurve fresh = arm.trials().get(i).fresh().orElseThrow();
      HeldOutCurve old = arm.trials().get(i).old().orElseThrow();
      if (fresh.points().stream().noneMatch(point -> fresh.loss(point) <= level.level())) {
        return Optional.empty();
      }
      losses[i] = old.loss(level.first(fresh).on(old));
    }
    return losses.length == 0 ? Optional.empty() : Optional.of(SeedInterval.mean(losses));
  }
}
