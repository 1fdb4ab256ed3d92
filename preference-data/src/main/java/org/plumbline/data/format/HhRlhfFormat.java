package org.plumbline.data.format;

import java.util.Optional;
import org.plumbline.data.DatasetShape;
import org.plumbline.data.Preference;

/**
 * Anthropic's HH-RLHF: {@code chosen} and {@code rejected} are transcripts that differ in their
 * last turn (anthropics/hh-rlhf, README; the files {@code *.jsonl.gz}).
 */
record HhRlhfFormat() implements Dialect<Preference> {
  @Override
  public Optional<String> recognise(Row row) {
    return row.isText("chosen")
            && row.isText("rejected")
            && !row.has("prompt")
            && Transcript.looksLikeOne(row.text("chosen"))
        ? Optional.of("chosen and rejected begin with a blank line and \"Human:\"")
        : Optional.empty();
  }

  @Override
  public Parsed<Preference> read(Row row) {
    if (!row.isText("chosen") || !row.isText("rejected") || row.has("prompt")) {
      throw row.bad(
          "HH-RLHF rows hold the texts \"chosen\" and \"rejected\" and no prompt; found: %s. Is the format trl?"
              .formatted(row.keys()));
    }
    return transcripts(row);
  }

  static Parsed<Preference> transcripts(Row row) {
    return TrlFormat.turns(
        row,
        DatasetShape.HH_RLHF,
        Transcript.turns(row, "chosen"),
        Transcript.turns(row, "rejected"));
  }
}
