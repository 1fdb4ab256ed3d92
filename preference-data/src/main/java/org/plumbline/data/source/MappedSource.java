package org.plumbline.data.source;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.plumbline.stage.JsonRow;

/** Rows whose fields have other names. */
record MappedSource(RowSource source, ColumnMap names) implements RowSource {
  @Override
  public @Nullable JsonRow next() throws IOException {
    JsonRow row = source.next();
    return row == null ? null : names.apply(row);
  }

  @Override
  public String rowText() {
    return source.rowText();
  }

  @Override
  public List<String> columns() {
    return source.columns();
  }

  @Override
  public void close() throws IOException {
    source.close();
  }
}
