package org.plumbline.training;

/** The learning rate of each optimizer step, from step 0; formulas of transformers. */
public record Schedule(ScheduleConfig config, double baseRate, long totalSteps) {
  /**
   * Rate of a step.
   *
   * @param step optimizer step from 0; steps past the total are allowed
   */
  public double rate(long step) {
    long warmup = warmup();
    if (config.kind() == ScheduleKind.CONSTANT && warmup == 0) {
      return baseRate;
    }
    if (config.kind() == ScheduleKind.WARMUP_STABLE_DECAY) {
      return baseRate * stableDecay(step, warmup);
    }
    if (step < warmup) {
      return baseRate * step / Math.max(1.0, warmup);
    }
    double progress = (double) (step - warmup) / Math.max(1, totalSteps - warmup);
    return switch (config.kind()) {
      case CONSTANT, CONSTANT_WITH_WARMUP, WARMUP_STABLE_DECAY -> baseRate;
      case LINEAR ->
          baseRate * Math.max(0.0, (double) (totalSteps - step) / Math.max(1, totalSteps - warmup));
      case COSINE -> baseRate * Math.max(0, 0.5 * (1 + Math.cos(Math.PI * progress)));
      case COSINE_WITH_MIN_LR ->
          baseRate
              * Math.max(
                  0,
                  0.5 * (1 + Math.cos(Math.PI * progress)) * (1 - config.floor()) + config.floor());
      case COSINE_WITH_RESTARTS ->
          progress >= 1
              ? 0
              : baseRate
                  * Math.max(0, 0.5 * (1 + Math.cos(Math.PI * (config.cycles() * progress % 1))));
      case POLYNOMIAL ->
          step > totalSteps
              ? config.endRate()
              : (baseRate - config.endRate()) * Math.pow(1 - progress, config.power())
                  + config.endRate();
      case INVERSE_SQRT -> {
        double timescale = warmup > 0 ? warmup : 10_000;
        yield baseRate / Math.sqrt((step + timescale - warmup) / timescale);
      }
    };
  }

  private long warmup() {
    return config.warmupSteps() > 0
        ? config.warmupSteps()
        : Math.round(config.warmupRatio() * totalSteps);
  }

  /** Rises from the floor, stays, falls by half a cosine to the floor. */
  private double stableDecay(long step, long warmup) {
    double low = config.floor();
    long stable = totalSteps - warmup - config.decaySteps();
    if (step < warmup) {
      return (double) step / Math.max(1, warmup) * (1 - low) + low;
    }
    if (step < warmup + stable) {
      return 1;
    }
    if (step < warmup + stable + config.decaySteps()) {
      double progress = (double) (step - warmup - stable) / Math.max(1, config.decaySteps());
      return Math.max(0, 0.5 * (1 + Math.cos(Math.PI * progress))) * (1 - low) + low;
    }
    return low;
  }
}
