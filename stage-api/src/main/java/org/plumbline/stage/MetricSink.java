package org.plumbline.stage;

import java.util.Map;

/** Takes one row per optimiser step. Rows hold no wall times, so equal runs are byte-equal. */
public interface MetricSink {
  /**
   * Appends a row to metrics.jsonl and to the TensorBoard files.
   *
   * @param step optimiser step or update, from 1, never falling
   * @param values metric names as in docs/metrics.md; NaN and infinities are refused
   */
  void row(long step, Map<String, Double> values);

  /**
   * Appends a row to timings.jsonl: seconds, tokens per second, anything that differs from run to
   * run.
   */
  void timing(long step, Map<String, Double> values);

  /**
   * Forgets all rows after {@code step}; called on resume with the checkpoint's step (0 for none).
   */
  void rewindTo(long step);

  /** Makes everything written so far durable. */
  void flush();
}
