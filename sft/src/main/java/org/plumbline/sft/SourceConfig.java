package org.plumbline.sft;

import java.util.Optional;
import org.plumbline.stage.config.Check;

/**
 * One of several sources of texts.
 *
 * @param path a stage's artifact, a folder of documents, or a file
 * @param weight relative share of the training tokens; absent in all sources: each by its size
 */
public record SourceConfig(String path, Optional<Double> weight) {
  public SourceConfig {
    Check.notBlank("sources.path", path);
    Check.positive("sources.weight", weight.orElse(1.0));
  }
}
