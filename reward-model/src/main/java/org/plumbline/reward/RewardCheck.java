package org.plumbline.reward;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.plumbline.data.ImportReport;
import org.plumbline.data.PreferencePair;
import org.plumbline.data.SkipReason;
import org.plumbline.data.format.PairReader;
import org.plumbline.model.ModelFormatException;
import org.plumbline.model.chat.ChatEncoder;
import org.plumbline.model.chat.EncodedDialogue;
import org.plumbline.training.ModelArtifacts;
import org.plumbline.training.check.CheckedRows;
import org.plumbline.training.check.RowFaults;
import org.plumbline.training.check.ShownRow;

/** Pairs as {@code plumbline check} shows them: both answers, and the token that is scored. */
final class RewardCheck {
  private final RewardConfig config;
  private final ChatEncoder encoder;
  private final RowFaults faults;
  private final List<ShownRow> shown = new ArrayList<>();

  RewardCheck(RewardConfig config, ChatEncoder encoder) {
    this.config = config;
    this.encoder = encoder;
    this.faults = new RowFaults(encoder);
  }

  /** Looks at the first pairs; {@code source} is where they come from. */
  CheckedRows of(List<PreferencePair> pairs, Path source) throws IOException {
    if (Files.isRegularFile(source)) {
      PairReader.read(source).report().skipped().stream()
          .filter(row -> row.reason() == SkipReason.EMPTY_ANSWER)
          .map(ImportReport.Skipped::source)
          .forEach(place -> faults.empty(place, "so the pair is left out of training"));
    }
    List<PreferencePair> checked = pairs.subList(0, Math.min(pairs.size(), CheckedRows.CHECKED));
    for (PreferencePair pair : checked) {
      look(pair, "chosen", pair.chosen());
      look(pair, "rejected", pair.rejected());
    }
    return new CheckedRows(
        pairs.size(),
        checked.size(),
        "the score is read at the last token",
        shown,
        faults.sentences());
  }

  private void look(PreferencePair pair, String which, String answer) {
    String id = (pair.source().isEmpty() ? pair.id() : pair.source()) + " " + which;
    try {
      EncodedDialogue whole = encoder.dialogue(ModelArtifacts.messages(pair.prompt()), answer);
      faults.start(id, whole.ids());
      faults.answer(id, whole);
      int[] ids =
          PairEncoder.fit(
              encoder.scored(ModelArtifacts.messages(pair.prompt()), answer), config.maxLength());
      if (shown.size() < 2 * CheckedRows.SHOWN) {
        boolean[] last = new boolean[ids.length];
        last[ids.length - 1] = true;
        shown.add(ShownRow.of(id, new EncodedDialogue(ids, last), encoder.tokenizer()));
      }
    } catch (IllegalArgumentException | ModelFormatException e) {
      faults.refused(id, String.valueOf(e.getMessage()));
    }
  }
}
