package org.plumbline.data.source;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.plumbline.stage.JsonRow;

/** The rows of a file, one after the other. */
public interface RowSource extends Closeable {
  /**
   * The next row, or null at the end.
   *
   * @throws org.plumbline.stage.UserException for a row that cannot be read; the next call goes on
   *     behind it, unless it is a {@link org.plumbline.stage.DamagedFileException}
   */
  @Nullable JsonRow next() throws IOException;

  /** The row read last, or tried last, as it stands in the file as far as that is known. */
  String rowText();

  /** Names of the columns of a table, whose values are all texts; empty for other files. */
  default List<String> columns() {
    return List.of();
  }
}
