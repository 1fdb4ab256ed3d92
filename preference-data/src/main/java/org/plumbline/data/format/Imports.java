package org.plumbline.data.format;

import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.plumbline.data.Demonstration;
import org.plumbline.data.ImportReport;
import org.plumbline.data.Preference;
import org.plumbline.data.source.RowSource;
import org.plumbline.stage.DamagedFileException;
import org.plumbline.stage.JsonRow;
import org.plumbline.stage.UserException;

/** Reads files of any format, row by row. */
public final class Imports {
  private static final int LOOKED_AT = 100;

  private Imports() {}

  /**
   * What a file is, by the first of its rows that can be read.
   *
   * @throws UserException when it is absent, or no format knows its rows
   */
  public static Recognition recognise(ImportRequest request) throws IOException {
    return recognise(request, Optional.empty());
  }

  /** The same; a file that nothing is known of is read as {@code otherwise}. */
  static Recognition recognise(ImportRequest request, Optional<DataFormat> otherwise)
      throws IOException {
    if (request.format() != DataFormat.AUTO) {
      return new Recognition(request.format(), "asked for");
    }
    @Nullable UserException first = null;
    try (RowSource source = request.open()) {
      for (int i = 0; i < LOOKED_AT; i++) {
        try {
          JsonRow next = source.next();
          if (next == null) {
            break;
          }
          Row row = Row.of(next, source);
          Optional<Recognition> found = Dialects.recognise(row);
          if (found.isPresent()) {
            return found.get();
          }
          if (otherwise.isPresent()) {
            return new Recognition(otherwise.get(), "nothing else fits");
          }
          first = first == null ? unknown(row) : first;
        } catch (DamagedFileException e) {
          throw first == null ? e : first;
        } catch (UserException e) {
          first = first == null ? e : first;
        }
      }
    }
    if (first != null) {
      throw first;
    }
    return new Recognition(otherwise.orElse(DataFormat.PLUMBLINE), "the file has no rows");
  }

  private static UserException unknown(Row row) {
    return row.bad(
        "fits no known format; found: %s. Say --format, or name the fields: --columns prompt=…,chosen=…,rejected=… (formats: %s)"
            .formatted(row.keys(), DataFormat.labels()));
  }

  /**
   * Reads preferences.
   *
   * @param rejects takes what is kept out, malformed rows too where the request passes them over
   * @throws UserException when the file is absent or holds demonstrations, or at the first
   *     malformed row
   */
  public static ImportReport preferences(
      ImportRequest request, Sink<Preference> kept, Sink<ImportReport.Skipped> rejects)
      throws IOException {
    Recognition found = recognise(request);
    refuseDemonstrations(request, found);
    return new RowImport<>(request, found, Dialects.preferences(found.format()), kept, rejects)
        .run();
  }

  static void refuseDemonstrations(ImportRequest request, Recognition found) {
    if (found.format().isDemonstrations()) {
      throw new UserException(
          "%s holds demonstrations (%s: %s); preferences are needed: two answers and which is better"
              .formatted(request.file(), found.format().label(), found.why()));
    }
  }

  /**
   * Reads demonstrations.
   *
   * @throws UserException when the file is absent or holds preferences, or at the first malformed
   *     row
   */
  public static ImportReport demonstrations(
      ImportRequest request, Sink<Demonstration> kept, Sink<ImportReport.Skipped> rejects)
      throws IOException {
    return demonstrations(request, recognise(request), kept, rejects);
  }

  static ImportReport demonstrations(
      ImportRequest request,
      Recognition found,
      Sink<Demonstration> kept,
      Sink<ImportReport.Skipped> rejects)
      throws IOException {
    if (!found.format().isDemonstrations()) {
      throw new UserException(
          "%s holds preferences (%s: %s); demonstrations are needed: a prompt and one answer"
              .formatted(request.file(), found.format().label(), found.why()));
    }
    return new RowImport<>(request, found, Dialects.demonstrations(found.format()), kept, rejects)
        .run();
  }
}
