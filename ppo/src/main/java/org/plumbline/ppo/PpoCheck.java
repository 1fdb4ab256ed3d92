package org.plumbline.ppo;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.plumbline.data.Prompt;
import org.plumbline.model.architecture.ModelBundle;
import org.plumbline.model.chat.ChatEncoder;
import org.plumbline.model.chat.EncodedDialogue;
import org.plumbline.training.ModelArtifacts;
import org.plumbline.training.check.CheckedRows;
import org.plumbline.training.check.RowFaults;
import org.plumbline.training.check.ShownRow;

/** Prompts as {@code plumbline check} shows them: what replies are sampled behind. */
final class PpoCheck {
  private PpoCheck() {}

  /** Looks at the first prompts, in the words of the policy's tokenizer and template. */
  static CheckedRows of(PpoConfig config, List<Prompt> prompts, Path policy) {
    try (ChatEncoder encoder = ModelBundle.encoder(policy)) {
      RowFaults faults = new RowFaults(encoder);
      if (encoder.stopIds().isEmpty()) {
        faults.endless();
      }
      List<Prompt> checked = prompts.subList(0, Math.min(prompts.size(), CheckedRows.CHECKED));
      List<ShownRow> shown = new ArrayList<>();
      for (Prompt prompt : checked) {
        try {
          int[] ids = encoder.prompt(ModelArtifacts.messages(prompt));
          faults.start(prompt.id(), ids);
          int from = Math.max(0, ids.length - config.maxPromptTokens());
          int[] kept = Arrays.copyOfRange(ids, from, ids.length);
          if (shown.size() < CheckedRows.SHOWN) {
            EncodedDialogue row = new EncodedDialogue(kept, new boolean[kept.length]);
            shown.add(ShownRow.of(prompt.id(), row, encoder.tokenizer()));
          }
        } catch (IllegalArgumentException e) {
          faults.refused(prompt.id(), String.valueOf(e.getMessage()));
        }
      }
      return new CheckedRows(
          prompts.size(),
          checked.size(),
          "the sampled replies, their end token included",
          shown,
          faults.sentences());
    }
  }
}
