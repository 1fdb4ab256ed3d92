package org.plumbline.data;

import java.util.List;

/** What was read from a file, with the report of its import. */
public record Dataset<T>(List<T> rows, ImportReport report) {
  public Dataset {
    rows = List.copyOf(rows);
  }
}
