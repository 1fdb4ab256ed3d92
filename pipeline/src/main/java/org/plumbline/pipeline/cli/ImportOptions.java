package org.plumbline.pipeline.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.plumbline.data.ImportReport;
import org.plumbline.data.Preference;
import org.plumbline.data.format.DataFormat;
import org.plumbline.data.format.ImportRequest;
import org.plumbline.data.format.Imports;
import org.plumbline.data.format.Sink;
import org.plumbline.data.source.ColumnMap;
import org.plumbline.stage.JsonLines;
import org.plumbline.stage.UserException;
import picocli.CommandLine.Option;

/** A file to read: options of every command on data. */
final class ImportOptions {
  @Option(
      names = "--input",
      required = true,
      paramLabel = "PATH",
      description = "JSON lines, a JSON list, CSV; gzip and zstd are unpacked")
  private Path input = Path.of("");

  @Option(
      names = "--columns",
      paramLabel = "NAME=PATH,…",
      description = "names of fields, such as prompt=$$.q.text,chosen=good,rejected=bad")
  private @Nullable String columns;

  @Option(
      names = "--skip-bad-rows",
      paramLabel = "FILE",
      description = "go on past malformed rows; what is kept out goes to this file")
  private @Nullable Path badRows;

  /** The request that the options make, in a format that another option names. */
  ImportRequest request(String named, String option) {
    DataFormat known =
        DataFormat.of(named.toLowerCase(Locale.ROOT).replace('_', '-'))
            .orElseThrow(
                () ->
                    new UserException(
                        "%s %s is unknown; formats: %s"
                            .formatted(option, named, DataFormat.labels())));
    return new ImportRequest(
        input, known, Optional.ofNullable(columns).map(ColumnMap::of), badRows != null);
  }

  /** Work that is told what is kept out. */
  @FunctionalInterface
  interface Work<R> {
    R with(Sink<ImportReport.Skipped> rejects) throws IOException;
  }

  /** Does the work; the file of bad rows appears with its result, or not at all. */
  <R> R collectingRejects(Work<R> work) throws IOException {
    if (badRows == null) {
      return work.with(reject -> {});
    }
    Object[] result = new Object[1];
    JsonLines.write(badRows, sink -> result[0] = work.with(reject -> sink.write(reject.toJson())));
    @SuppressWarnings("unchecked") // what the work just returned
    R done = (R) result[0];
    return done;
  }

  /** Where bad rows went, if anywhere. */
  Optional<Path> badRows() {
    return Optional.ofNullable(badRows);
  }

  /** Reads all preferences of the request. */
  ImportReport read(ImportRequest request, Sink<Preference> kept) throws IOException {
    return collectingRejects(rejects -> Imports.preferences(request, kept, rejects));
  }
}
