package org.plumbline.data.export;

import java.io.IOException;
import java.nio.file.Path;
import org.plumbline.data.format.PreferenceJson;
import org.plumbline.stage.JsonLines;

/** Our own rows. */
final class JsonlExporter implements Exporter {
  @Override
  public ExportFormat format() {
    return ExportFormat.JSONL;
  }

  @Override
  public ExportReport write(Path file, PreferenceSource source) throws IOException {
    ExportCount count = new ExportCount();
    JsonLines.write(
        file,
        sink ->
            source.sendTo(
                preference -> {
                  sink.write(PreferenceJson.toJson(preference));
                  count.written(1);
                }));
    return count.report();
  }
}
