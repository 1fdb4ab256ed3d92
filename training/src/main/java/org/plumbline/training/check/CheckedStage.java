package org.plumbline.training.check;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.plumbline.model.chat.TokenizerChanges;
import org.plumbline.stage.Stage;
import org.plumbline.stage.StageInput;

/** A stage whose rows can be looked at before anything is trained. */
public interface CheckedStage<C extends Record> extends Stage<C> {
  /** The inputs without which no row can be shown: texts, and the model whose tokenizer it is. */
  List<StageInput> checkedInputs(C config);

  /**
   * The input whose tokenizer and template the stage's own model has, but for {@link
   * #tokenizerChanges}; empty where the stage trains a tokenizer itself.
   */
  Optional<String> tokenizerFrom(C config);

  /** What the stage changes of that tokenizer and template. */
  default TokenizerChanges tokenizerChanges(C config) {
    return TokenizerChanges.NONE;
  }

  /**
   * Encodes rows as a run would.
   *
   * @param resolve an input's value to its place; for a model that is still to be trained a folder
   *     with the tokenizer, template and config that it will have
   * @param seed of the run, which decides what is held out
   * @throws org.plumbline.stage.UserException where the inputs cannot be read
   */
  CheckedRows check(C config, Function<String, Path> resolve, long seed) throws IOException;
}
