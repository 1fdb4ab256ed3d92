package org.plumbline.data.source;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.plumbline.stage.JsonLineReader;
import org.plumbline.stage.JsonRow;

/** One JSON value per line. */
final class JsonLineSource implements RowSource {
  private final JsonLineReader reader;

  JsonLineSource(Path file) throws IOException {
    reader = JsonLineReader.open(file);
  }

  @Override
  public @Nullable JsonRow next() throws IOException {
    return reader.next();
  }

  @Override
  public String rowText() {
    return reader.lineText();
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }
}
