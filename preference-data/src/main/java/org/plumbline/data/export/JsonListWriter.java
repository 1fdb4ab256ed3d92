package org.plumbline.data.export;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;
import org.plumbline.data.Preference;
import org.plumbline.stage.AtomicFiles;
import org.plumbline.stage.Json;

/** Writes one JSON list, element by element. */
final class JsonListWriter {
  private JsonListWriter() {}

  /**
   * Writes a file.
   *
   * @param fault why a preference cannot be said in this format, if so
   */
  static ExportReport write(
      Path file,
      PreferenceSource source,
      Function<Preference, Optional<String>> fault,
      Function<Preference, ObjectNode> element)
      throws IOException {
    ExportCount count = new ExportCount();
    AtomicFiles.DISK.write(
        file,
        out -> {
          JsonGenerator json = Json.mapper().getFactory().createGenerator(out);
          json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
          json.writeStartArray();
          source.sendTo(
              preference -> {
                Optional<String> reason = fault.apply(preference);
                if (reason.isPresent()) {
                  count.leftOut(reason.get());
                } else {
                  json.writeRaw("\n");
                  json.writeTree(element.apply(preference));
                  count.written(1);
                }
              });
          json.writeRaw('\n');
          json.writeEndArray();
          json.flush();
        });
    return count.report();
  }
}
