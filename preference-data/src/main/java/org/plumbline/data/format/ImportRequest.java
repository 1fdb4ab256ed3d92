package org.plumbline.data.format;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.plumbline.data.source.ColumnMap;
import org.plumbline.data.source.RowSource;
import org.plumbline.data.source.RowSources;

/**
 * A file to read and how.
 *
 * @param format {@link DataFormat#AUTO} to recognise it
 * @param columns names of its fields, where they are none that a format knows
 * @param skipMalformed whether rows that cannot be read are reported and passed over; else the
 *     first of them ends the import
 */
public record ImportRequest(
    Path file, DataFormat format, Optional<ColumnMap> columns, boolean skipMalformed) {
  /** A file that says itself what it is. */
  public static ImportRequest of(Path file) {
    return new ImportRequest(file, DataFormat.AUTO, Optional.empty(), false);
  }

  RowSource open() throws IOException {
    return columns.isPresent() ? RowSources.open(file, columns.get()) : RowSources.open(file);
  }
}
