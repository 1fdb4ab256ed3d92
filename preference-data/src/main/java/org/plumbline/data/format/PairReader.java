package org.plumbline.data.format;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.plumbline.data.Dataset;
import org.plumbline.data.ImportReport;
import org.plumbline.data.Preference;
import org.plumbline.data.PreferencePair;
import org.plumbline.data.SkipReason;

/** Reads a file of any format of preferences as pairs to train on. */
public final class PairReader {
  private static final String NO_PAIR =
      "no two answers of one turn to one prompt were compared here";

  private final DataFormat format;
  private final boolean skipMalformed;

  /**
   * A reader for one format.
   *
   * @param skipMalformed whether rows that cannot be read are reported and passed over; else the
   *     first of them ends the import
   */
  public PairReader(DataFormat format, boolean skipMalformed) {
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
    return new PairReader(DataFormat.AUTO, false).readAll(file);
  }

  /**
   * Reads a file.
   *
   * @throws org.plumbline.stage.UserException when the file is absent, or at the first malformed
   *     row unless they are skipped
   */
  public Dataset<PreferencePair> readAll(Path file) throws IOException {
    ImportRequest request = new ImportRequest(file, format, Optional.empty(), skipMalformed);
    Recognition found = Imports.recognise(request, Optional.of(DataFormat.PLUMBLINE));
    Imports.refuseDemonstrations(request, found);
    List<PreferencePair> pairs = new ArrayList<>();
    ImportReport report =
        new RowImport<>(
                request,
                found,
                new Pairs(Dialects.preferences(found.format())),
                pairs::add,
                reject -> {})
            .run();
    return new Dataset<>(pairs, report);
  }

  /** The pairs within preferences. */
  private record Pairs(Dialect<Preference> inner) implements Dialect<PreferencePair> {
    @Override
    public Optional<String> recognise(Row row) {
      return inner.recognise(row);
    }

    @Override
    public Parsed<PreferencePair> read(Row row) {
      return inner.read(row).map(Preference::pairs, SkipReason.NO_PAIR, NO_PAIR);
    }

    @Override
    public Optional<Parsed<PreferencePair>> rest() {
      return inner.rest().map(last -> last.map(Preference::pairs, SkipReason.NO_PAIR, NO_PAIR));
    }
  }
}
