package org.plumbline.stage;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A file of JSON rows that each have a {@code step}: a stage that resumes takes back what it wrote
 * after its checkpoint. Written whole each time, so it is never half there; for few rows.
 */
public final class StepRows {
  private static final String STEP = "step";

  private final Path file;

  /** Rows in a file that need not exist yet. */
  public StepRows(Path file) {
    this.file = file;
  }

  /** All rows, in their order. */
  public List<ObjectNode> read() throws IOException {
    List<ObjectNode> rows = new ArrayList<>();
    if (Files.isRegularFile(file)) {
      for (JsonRow row : JsonLines.readAll(file)) {
        rows.add(row.object());
      }
    }
    return rows;
  }

  /** Appends rows. */
  public void add(List<ObjectNode> more) throws IOException {
    List<ObjectNode> rows = read();
    rows.addAll(more);
    write(rows);
  }

  /** Forgets the rows after a step. */
  public void rewindTo(long step) throws IOException {
    List<ObjectNode> rows = read();
    rows.removeIf(row -> row.path(STEP).asLong() > step);
    write(rows);
  }

  private void write(List<ObjectNode> rows) throws IOException {
    JsonLines.write(
        file,
        sink -> {
          for (ObjectNode row : rows) {
            sink.write(row);
          }
        });
  }
}
