package org.plumbline.sft;

import org.plumbline.stage.config.Check;
import org.plumbline.stage.config.Default;

/**
 * General texts mixed in, so that what was learned before is not forgotten (Ibrahim et al. 2024).
 *
 * @param data a stage's artifact, a folder of documents, or a file
 * @param share of all training tokens that are replayed; which ones is drawn from the seed
 */
public record ReplayConfig(String data, @Default("0.1") double share) {
  public ReplayConfig {
    Check.notBlank("replay.data", data);
    Check.that(
        share > 0 && share < 1,
        () -> "replay.share=%s must be above 0 and below 1".formatted(share));
  }
}
