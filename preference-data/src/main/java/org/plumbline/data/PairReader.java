package org.plumbline.data;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Reads preference pairs from .jsonl and .jsonl.gz, in every shape that TRL takes and HH-RLHF's.
 */
public final class PairReader {
  private final PairFormat format;
  private final boolean skipMalformed;

  /**
   * A reader for one format.
   *
   * @param skipMalformed whether rows that cannot be read are reported and passed over; else the
   *     first of them ends the import
   */
  public PairReader(PairFormat format, boolean skipMalformed) {
    this.format = format;
    this.skipMalformed = skipMalformed;
  }

  /**
   * Reads a file whose rows say themselves what they are.
   *
   * @throws org.plumbline.stage.UserException when the file is absent, or at the first malformed
   *     row
   */
  public static Dataset<PreferencePair> read(Path file) throws IOException {
    return new PairReader(PairFormat.AUTO, false).readAll(file);
  }

  /**
   * Reads a file.
   *
   * @throws org.plumbline.stage.UserException when the file is absent, or at the first malformed
   *     row unless they are skipped
   */
  public Dataset<PreferencePair> readAll(Path file) throws IOException {
    return new RowImport<>(file, row -> PairParser.parse(row, format.shape(row)), skipMalformed)
        .run();
  }
}
