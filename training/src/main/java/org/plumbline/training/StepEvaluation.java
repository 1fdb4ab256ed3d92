package org.plumbline.training;

import java.io.IOException;
import java.util.Map;

/**
 * Figures that a stage takes beside the objective's own evaluation: once before the first step, and
 * whenever the loop evaluates. They choose no weights.
 */
public interface StepEvaluation {
  /**
   * Measures the model as it is now.
   *
   * @param step optimizer steps done, 0 before the first
   * @return metrics of the step's row, by the names that they have there
   */
  Map<String, Double> at(long step) throws IOException;

  /** Forgets what was kept of evaluations after a step; −1 forgets all. */
  void rewindTo(long step) throws IOException;
}
