package org.plumbline.training.check;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import org.plumbline.stage.Stage;
import org.plumbline.stage.StageInput;

/** A stage whose rows can be looked at before anything is trained. */
public interface CheckedStage<C extends Record> extends Stage<C> {
  /** The inputs without which no row can be shown: texts, and the model whose tokenizer it is. */
  List<StageInput> checkedInputs(C config);

  /**
   * Encodes rows as a run would.
   *
   * @param resolve an input's value to its place
   * @param seed of the run, which decides what is held out
   * @throws org.plumbline.stage.UserException where the inputs cannot be read
   */
  CheckedRows check(C config, Function<String, Path> resolve, long seed) throws IOException;
}
