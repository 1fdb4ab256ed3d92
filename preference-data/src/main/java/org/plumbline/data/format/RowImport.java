package org.plumbline.data.format;

import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.plumbline.data.DatasetShape;
import org.plumbline.data.ImportReport;
import org.plumbline.data.SkipReason;
import org.plumbline.data.source.RowSource;
import org.plumbline.stage.DamagedFileException;
import org.plumbline.stage.JsonRow;
import org.plumbline.stage.UserException;

/** One pass over a file that counts what it keeps and what it does not; memory holds one row. */
final class RowImport<T> {
  private static final int SHOWN = 2000;

  private final ImportRequest request;
  private final Recognition recognition;
  private final Dialect<T> dialect;
  private final Sink<T> kept;
  private final Sink<ImportReport.Skipped> rejects;
  private final Map<DatasetShape, Integer> shapes = new EnumMap<>(DatasetShape.class);
  private final Map<SkipReason, Integer> reasons = new EnumMap<>(SkipReason.class);
  private final List<ImportReport.Skipped> listed = new ArrayList<>();
  private int rows;
  private int keptRows;
  private int records;

  RowImport(
      ImportRequest request,
      Recognition recognition,
      Dialect<T> dialect,
      Sink<T> kept,
      Sink<ImportReport.Skipped> rejects) {
    this.request = request;
    this.recognition = recognition;
    this.dialect = dialect;
    this.kept = kept;
    this.rejects = rejects;
  }

  ImportReport run() throws IOException {
    try (RowSource source = request.open()) {
      boolean more = true;
      while (more) {
        more = step(source);
      }
    }
    Optional<Parsed<T>> rest = dialect.rest();
    if (rest.isPresent()) {
      take(name(), rest.get(), "");
    }
    return new ImportReport(
        name(),
        recognition.format().label(),
        recognition.why(),
        shapes,
        rows,
        keptRows,
        records,
        reasons,
        listed);
  }

  private boolean step(RowSource source) throws IOException {
    JsonRow next = null;
    try {
      next = source.next();
      if (next == null) {
        return false;
      }
      Row row = Row.of(next, source);
      Parsed<T> parsed = read(row);
      shapes.merge(parsed.shape(), 1, Integer::sum);
      take(row.source(), parsed, source.rowText());
      if (!parsed.values().isEmpty() || parsed.skips().isEmpty()) {
        keptRows++;
      }
    } catch (UserException e) {
      if (!request.skipMalformed() || e instanceof DamagedFileException) {
        throw e;
      }
      String detail = String.valueOf(e.getMessage()).replace(request.file() + " ", "");
      skip(place(next), SkipReason.MALFORMED, detail, source.rowText());
    }
    rows++;
    return true;
  }

  /** The model's own rules are the last to be asked; what they refuse is a bad row as well. */
  private Parsed<T> read(Row row) {
    try {
      return dialect.read(row);
    } catch (IllegalArgumentException e) {
      throw new UserException(row.at().where() + ": " + e.getMessage(), e);
    }
  }

  private void take(String place, Parsed<T> parsed, String text) throws IOException {
    for (T value : parsed.values()) {
      keep(value);
    }
    for (Parsed.Skip skip : parsed.skips()) {
      skip(place, skip.reason(), skip.detail(), text);
    }
  }

  private void keep(T value) throws IOException {
    kept.take(value);
    records++;
  }

  private void skip(String place, SkipReason reason, String detail, String text)
      throws IOException {
    reasons.merge(reason, 1, Integer::sum);
    rejects.take(new ImportReport.Skipped(place, reason, detail, text));
    if (listed.size() < ImportReport.LISTED) {
      listed.add(
          new ImportReport.Skipped(
              place, reason, detail, text.substring(0, Math.min(SHOWN, text.length()))));
    }
  }

  private String place(@Nullable JsonRow row) {
    return row == null ? name() : Row.source(row);
  }

  private String name() {
    return String.valueOf(request.file().getFileName());
  }
}
