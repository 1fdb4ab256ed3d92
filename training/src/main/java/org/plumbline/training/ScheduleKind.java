package org.plumbline.training;

/** Shapes of the learning rate over the steps; names and formulas as in transformers. */
public enum ScheduleKind {
  CONSTANT,
  CONSTANT_WITH_WARMUP,
  LINEAR,
  COSINE,
  COSINE_WITH_RESTARTS,
  COSINE_WITH_MIN_LR,
  POLYNOMIAL,
  INVERSE_SQRT,
  WARMUP_STABLE_DECAY
}
