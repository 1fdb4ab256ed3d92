package org.plumbline.sft;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.plumbline.data.Demonstration;
import org.plumbline.model.chat.EncodedDialogue;
import org.plumbline.stage.RunContext;

/** Demonstrations that a fine-tuning stage follows beside those that it learns. */
final class SftHeldOut {
  private SftHeldOut() {}

  /** The texts of one set. */
  static List<Demonstration> texts(SftConfig config, HeldOutConfig set, Path place, long seed)
      throws IOException {
    return HeldOutTexts.of(
        set,
        set.data().equals(config.data()),
        place,
        config.validationShare(),
        (source, share) -> TrainingTexts.demonstrations(source, share, seed));
  }

  /** All sets, encoded and cut as what is learned is; a document is one demonstration. */
  static List<HeldOutSets.HeldOut> of(
      SftConfig config, DemonstrationEncoder encoder, RunContext context) throws IOException {
    List<HeldOutSets.HeldOut> sets = new ArrayList<>();
    for (HeldOutConfig set : config.heldOut()) {
      List<Demonstration> texts = texts(config, set, context.resolve(set.data()), context.seed());
      List<List<EncodedDialogue>> rows =
          SftRows.of(texts, encoder, config.maxLength(), context).kept().stream()
              .map(List::of)
              .toList();
      sets.add(new HeldOutSets.HeldOut(set.name(), set.data().equals(config.data()), rows));
    }
    return sets;
  }
}
