package org.plumbline.sft;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.plumbline.data.Demonstration;
import org.plumbline.model.ModelFormatException;
import org.plumbline.model.chat.ChatEncoder;
import org.plumbline.model.chat.Conversation;
import org.plumbline.model.chat.EncodedDialogue;
import org.plumbline.model.chat.MaskPolicy;
import org.plumbline.stage.UserException;
import org.plumbline.training.ModelArtifacts;
import org.plumbline.training.check.CheckedRows;
import org.plumbline.training.check.RowFaults;
import org.plumbline.training.check.ShownRow;

/** Demonstrations as {@code plumbline check} shows them, and what would spoil their learning. */
final class SftCheck {
  private final SftConfig config;
  private final ChatEncoder encoder;
  private final RowFaults faults;
  private final List<ShownRow> shown = new ArrayList<>();

  SftCheck(SftConfig config, ChatEncoder encoder) {
    this.config = config;
    this.encoder = encoder;
    this.faults = new RowFaults(encoder);
  }

  /**
   * Looks at the first rows.
   *
   * @param empty places of rows that the reader kept out, their answers holding no text
   */
  CheckedRows of(List<Demonstration> rows, List<String> empty) {
    empty.forEach(place -> faults.empty(place, "so it is left out of training"));
    DemonstrationEncoder masks = config.encoder(encoder);
    List<Demonstration> checked = rows.subList(0, Math.min(rows.size(), CheckedRows.CHECKED));
    for (Demonstration row : checked) {
      String id = row.prompt().id();
      try {
        look(row, id, masks.encode(row));
      } catch (UserException e) {
        refused(row, id, String.valueOf(e.getMessage()).replace("row " + id + ": ", ""));
      } catch (ModelFormatException e) {
        faults.empty(id, String.valueOf(e.getMessage()));
      }
    }
    String learned =
        "train_on: %s, roles: %s"
            .formatted(
                config.trainOn().name().toLowerCase(Locale.ROOT),
                String.join(", ", config.roles()));
    return new CheckedRows(rows.size(), checked.size(), learned, shown, faults.sentences());
  }

  private void look(Demonstration row, String id, MaskedRow masked) {
    faults.start(id, masked.answer().ids());
    if (!row.isText()) {
      int[] prompt = encoder.prompt(ModelArtifacts.conversation(row.prompt()));
      faults.prefix(id, prompt, masked.answer().ids());
    }
    faults.answer(id, masked.answer());
    EncodedDialogue fitted = masked.fitted(config.maxLength());
    faults.ends(fitted);
    if (shown.size() < CheckedRows.SHOWN) {
      shown.add(ShownRow.of(id, fitted, encoder.tokenizer()));
    }
  }

  /**
   * A row that cannot be masked: most often its prompt is spelled otherwise once it is answered.
   */
  private void refused(Demonstration row, String id, String why) {
    Conversation prompt = ModelArtifacts.conversation(row.prompt());
    try {
      int[] asked = encoder.prompt(prompt);
      Conversation whole = prompt.with(ModelArtifacts.message(row.turn()));
      if (faults.prefix(id, asked, encoder.conversation(whole, MaskPolicy.none()).ids())) {
        faults.refused(id, why);
      }
    } catch (IllegalArgumentException e) {
      faults.refused(id, why);
    }
  }
}
