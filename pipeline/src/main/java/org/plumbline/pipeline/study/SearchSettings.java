package org.plumbline.pipeline.study;

import java.util.List;
import org.plumbline.stage.config.Check;

/**
 * How the point of an arm's grid is chosen.
 *
 * @param minimise {@code STAGE.key} of a summary, its mean over the seeds; take one of validation
 * @param seeds trials per point
 */
public record SearchSettings(String minimise, List<Long> seeds) {
  public SearchSettings {
    Check.notBlank("study.search.minimise", minimise);
    seeds = List.copyOf(seeds);
    Check.notEmpty("study.search.seeds", seeds);
  }
}
