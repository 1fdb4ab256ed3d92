package org.plumbline.pipeline;

import java.util.List;
import org.plumbline.stage.Stage;
import org.plumbline.stage.StageInput;

/**
 * A stage of a recipe with its config.
 *
 * @param name unique within the recipe
 * @param config the record of the stage's own type
 */
public record Step<C extends Record>(String name, Stage<C> stage, C config) {
  /** Config values that name earlier stages or paths. */
  List<StageInput> inputs() {
    return stage.inputs(config);
  }
}
