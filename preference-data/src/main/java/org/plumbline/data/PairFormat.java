package org.plumbline.data;

/** Which file format a user says his pairs have. */
public enum PairFormat {
  /** Each row by its own keys. */
  AUTO,
  /** Transcripts of Human and Assistant turns. */
  HH_RLHF,
  /** prompt, chosen, rejected, or an implicit prompt; texts are never read as transcripts. */
  TRL;

  DatasetShape shape(Row row) {
    DatasetShape recognised = PairParser.shape(row);
    if (this == TRL && recognised == DatasetShape.HH_RLHF) {
      return DatasetShape.STANDARD_IMPLICIT;
    }
    if (this == HH_RLHF && recognised != DatasetShape.HH_RLHF) {
      if (!row.isText("chosen") || !row.isText("rejected")) {
        throw row.bad(
            "HH-RLHF rows hold the texts \"chosen\" and \"rejected\"; found %s. Is the format trl?"
                .formatted(recognised.description()));
      }
      return DatasetShape.HH_RLHF;
    }
    return recognised;
  }
}
