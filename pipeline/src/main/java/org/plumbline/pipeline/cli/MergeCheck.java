package org.plumbline.pipeline.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.plumbline.model.architecture.LogitProbe;
import org.plumbline.model.config.TransformerConfig;
import org.plumbline.stage.UserException;

/**
 * How far a model's logits moved when it was written another way.
 *
 * @param difference root mean square over a probe's logits
 * @param allowed what rounding to the stored dtype explains
 * @param dtype of the stored weights
 */
record MergeCheck(double difference, double allowed, String dtype) {
  /**
   * Compares.
   *
   * @param before logits of the probe under the model that was read
   * @param after those under the one that was written
   * @param written config of that
   */
  static MergeCheck of(float[] before, float[] after, TransformerConfig written) {
    return new MergeCheck(
        LogitProbe.difference(before, after),
        LogitProbe.tolerance(written.dtype(), written, before),
        written.dtype().torchName());
  }

  /** Refuses a model that is not what it was made from. */
  void require() {
    if (!(difference <= allowed)) {
      throw new UserException(
          String.format(
              Locale.ROOT,
              "logits of a probe move by %.2g (root mean square), but rounding to %s explains at most %.2g; nothing is written. Are values too large for %s, or are the adapter's matrices many times larger than the model's?",
              difference,
              dtype,
              allowed,
              dtype));
    }
  }

  /** As one JSON object. */
  Map<String, Object> json(Path output) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("output", output.toString());
    json.put("logits_difference", difference);
    json.put("logits_difference_allowed", allowed);
    return json;
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "logits of a probe move by %.2g (root mean square; %s explains up to %.2g)",
        difference,
        dtype,
        allowed);
  }
}
