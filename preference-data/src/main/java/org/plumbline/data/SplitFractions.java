package org.plumbline.data;

import org.plumbline.stage.config.Check;
import org.plumbline.stage.config.Default;

/**
 * Shares of the prompts that go to each split; the rest is for training.
 *
 * @param validation share used to choose checkpoints
 * @param test share that is only reported on
 */
public record SplitFractions(@Default("0.1") double validation, @Default("0.1") double test) {
  public SplitFractions {
    Check.fraction("split.validation", validation);
    Check.fraction("split.test", test);
    Check.that(
        validation + test < 1,
        () ->
            "split.validation=%s and split.test=%s leave nothing to train on; their sum must be below 1"
                .formatted(validation, test));
  }
}
