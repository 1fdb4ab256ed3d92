package org.plumbline.evaluation.suite;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import org.plumbline.stage.AtomicFiles;
import org.plumbline.stage.Json;
import org.plumbline.stage.JsonLines;

/** What a suite leaves: {@code results.json} with the figures, {@code rows.jsonl} row by row. */
public final class SuiteFiles {
  private SuiteFiles() {}

  /**
   * Writes a new folder, all of it or nothing.
   *
   * @param about what was measured of what: suite, model, data and the like
   * @return what results.json holds
   */
  public static ObjectNode write(
      Path folder, ObjectNode about, SuiteOptions options, SuiteResult result) throws IOException {
    ObjectNode root = about.deepCopy();
    root.put("rows", result.rows().size());
    root.put("seed", options.seed());
    root.put(
        "intervals",
        "95 %% percentile bootstrap, %d draws over %s; they cover the choice of %s only"
            .formatted(options.resamples(), result.units(), result.units()));
    ObjectNode figures = root.putObject("figures");
    result.figures().forEach((name, interval) -> figures.set(name, interval.json()));
    AtomicFiles.DISK.writeDirectory(
        folder,
        inside -> {
          AtomicFiles.DISK.writeString(inside.resolve("results.json"), Json.pretty(root));
          JsonLines.write(
              inside.resolve("rows.jsonl"),
              sink -> {
                for (ObjectNode row : result.rows()) {
                  sink.write(row);
                }
              });
        });
    return root;
  }
}
