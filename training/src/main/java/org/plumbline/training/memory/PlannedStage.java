package org.plumbline.training.memory;

import java.util.function.Function;
import org.plumbline.model.config.TransformerConfig;
import org.plumbline.stage.Stage;

/** A stage whose memory follows from its config and the shapes of its models. */
public interface PlannedStage<C extends Record> extends Stage<C> {
  /**
   * The shape of the base model that the stage leaves.
   *
   * @param models an input's value to the shape of the model it leads to
   * @throws org.plumbline.model.ModelFormatException where that cannot be known
   */
  TransformerConfig leaves(C config, Function<String, TransformerConfig> models);

  /**
   * Bytes that the stage will need; nothing is allocated.
   *
   * @param models as in {@link #leaves}
   */
  StageMemory memory(C config, Function<String, TransformerConfig> models);
}
