package org.plumbline.training;

import org.plumbline.stage.config.Alias;
import org.plumbline.stage.config.Check;
import org.plumbline.stage.config.Default;

/**
 * A learning-rate schedule.
 *
 * @param kind its shape
 * @param warmupSteps steps from 0 to the full rate
 * @param warmupRatio the same as a share of all steps; used where warmup_steps is 0
 * @param cycles restarts of the cosine (cosine_with_restarts)
 * @param power exponent (polynomial)
 * @param endRate final rate as an absolute number (polynomial)
 * @param floor lowest share of the rate (cosine_with_min_lr, warmup_stable_decay)
 * @param decaySteps steps of the final fall (warmup_stable_decay)
 */
public record ScheduleConfig(
    @Default("linear") @Alias("lr_scheduler_type") ScheduleKind kind,
    @Default("0") int warmupSteps,
    @Default("0.0") double warmupRatio,
    @Default("1") int cycles,
    @Default("1.0") double power,
    @Default("1e-7") double endRate,
    @Default("0.1") double floor,
    @Default("0") int decaySteps) {
  public ScheduleConfig {
    Check.nonNegative("warmup_steps", warmupSteps);
    Check.unitInterval("warmup_ratio", warmupRatio);
    Check.positive("cycles", cycles);
    Check.unitInterval("floor", floor);
    Check.nonNegative("decay_steps", decaySteps);
  }

  /** A shape with a given warm-up and everything else at its default. */
  public static ScheduleConfig of(ScheduleKind kind, int warmupSteps) {
    return new ScheduleConfig(kind, warmupSteps, 0, 1, 1, 1e-7, 0.1, 0);
  }
}
