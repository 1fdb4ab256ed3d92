package org.plumbline.data.export;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** Formats of exports. */
public enum ExportFormat {
  /** Our own rows: everything. */
  JSONL,
  /** A table with the same fields, those that are no texts as JSON: everything. */
  CSV,
  /** TRL's preference and unpaired preference. */
  TRL,
  /** Label Studio's tasks with annotations. */
  LABEL_STUDIO,
  /** Argilla's records. */
  ARGILLA,
  /** A columnar file with the fields of the table; needs the module preference-data-parquet. */
  PARQUET;

  /** Spelling on the command line. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The format spelt so, if there is one. */
  public static Optional<ExportFormat> of(String label) {
    return Arrays.stream(values()).filter(format -> format.label().equals(label)).findFirst();
  }

  /** All spellings, for messages. */
  public static String labels() {
    return Arrays.stream(values()).map(ExportFormat::label).collect(Collectors.joining(", "));
  }
}
