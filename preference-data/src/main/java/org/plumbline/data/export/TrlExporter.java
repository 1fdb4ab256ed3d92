package org.plumbline.data.export;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.plumbline.data.Answer;
import org.plumbline.data.DatasetWriter;
import org.plumbline.data.Judgement;
import org.plumbline.data.Outcome;
import org.plumbline.data.Preference;
import org.plumbline.data.PreferencePair;
import org.plumbline.stage.JsonLines;

/**
 * TRL's preference (prompt, chosen, rejected) and unpaired preference (prompt, completion, label).
 * A ranking becomes its pairs.
 */
final class TrlExporter implements Exporter {
  @Override
  public ExportFormat format() {
    return ExportFormat.TRL;
  }

  @Override
  public ExportReport write(Path file, PreferenceSource source) throws IOException {
    ExportCount count = new ExportCount();
    JsonLines.write(file, sink -> source.sendTo(each -> write(each, sink, count)));
    return count.report();
  }

  private static void write(Preference preference, JsonLines.RowSink sink, ExportCount count)
      throws IOException {
    Judgement.Kind kind = preference.judgement().kind();
    boolean labelled = kind == Judgement.Kind.DESIRABLE || kind == Judgement.Kind.UNDESIRABLE;
    if (labelled && preference.answers().get(0).isOneTurn()) {
      sink.write(unpaired(preference, kind == Judgement.Kind.DESIRABLE));
      count.written(1);
      return;
    }
    List<PreferencePair> decided =
        preference.pairs().stream().filter(pair -> pair.outcome() == Outcome.CHOSEN).toList();
    for (PreferencePair pair : decided) {
      sink.write(DatasetWriter.toJson(pair));
    }
    if (decided.isEmpty()) {
      count.leftOut(reason(preference));
    } else {
      count.written(decided.size());
    }
  }

  private static String reason(Preference preference) {
    if (preference.judgement().isTie()) {
      return "tie";
    }
    return switch (preference.judgement().kind()) {
      case ABSTAINED -> "no verdict";
      case RATED -> "rating";
      default -> "conversations of several turns";
    };
  }

  private static ObjectNode unpaired(Preference preference, boolean good) {
    Answer answer = preference.answers().get(0);
    ObjectNode row = DatasetWriter.toJson(preference.prompt());
    row.put("id", preference.id());
    if (preference.prompt().isRaw()) {
      row.put("completion", answer.text());
    } else {
      row.set("completion", DatasetWriter.turns(answer.turns()));
    }
    return row.put("label", good);
  }
}
