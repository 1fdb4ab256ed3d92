package org.plumbline.sft;

import java.util.ArrayList;
import java.util.List;
import org.plumbline.data.Demonstration;
import org.plumbline.model.chat.EncodedDialogue;
import org.plumbline.stage.RunContext;
import org.plumbline.stage.UserException;

/**
 * Demonstrations as the stage learns them.
 *
 * @param kept encoded, cut to length
 * @param cut how many lost the end of their answer to the length limit
 * @param withoutLoss how many were left out because nothing in them carries loss
 */
record SftRows(List<EncodedDialogue> kept, int cut, int withoutLoss) {
  /**
   * Encodes and cuts.
   *
   * @throws UserException where most answers lose their end, or no row has anything to learn
   */
  static SftRows of(
      List<Demonstration> data, DemonstrationEncoder encoder, int maxLength, RunContext context) {
    List<EncodedDialogue> kept = new ArrayList<>();
    int cut = 0;
    int withoutLoss = 0;
    for (Demonstration row : data) {
      MaskedRow masked = encoder.encode(row);
      EncodedDialogue fitted = masked.fitted(maxLength);
      cut += masked.isCutAt(maxLength) ? 1 : 0;
      if (LanguageModelObjective.lossTokens(fitted) > 0) {
        kept.add(fitted);
      } else {
        withoutLoss++;
      }
    }
    if (cut > data.size() / 2) {
      throw new UserException(
          "%d of %d answers are truncated at max_length=%d, their prompts to nothing; such a model never learns to end. Raise max_length"
              .formatted(cut, data.size(), maxLength));
    }
    if (withoutLoss > 0 && kept.isEmpty()) {
      throw new UserException(
          "nothing in the %d rows carries loss; look at train_on and roles, plumbline check shows the rows"
              .formatted(data.size()));
    }
    warn(data.size(), cut, withoutLoss, maxLength, context);
    return new SftRows(kept, cut, withoutLoss);
  }

  private static void warn(int rows, int cut, int withoutLoss, int maxLength, RunContext context) {
    if (cut > 0) {
      context.warn(
          "%s: %d of %d answers lose their end at max_length=%d"
              .formatted(context.stageName(), cut, rows, maxLength));
    }
    if (withoutLoss > 0) {
      context.warn(
          "%s: %d of %d rows are left out, nothing in them carries loss at max_length=%d"
              .formatted(context.stageName(), withoutLoss, rows, maxLength));
    }
  }
}
