package org.plumbline.pipeline.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.plumbline.data.export.ExportFormat;
import org.plumbline.data.export.ExportReport;
import org.plumbline.data.export.Exporters;
import org.plumbline.data.format.ImportRequest;
import org.plumbline.stage.UserException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code plumbline data export}. */
@Command(
    name = "export",
    mixinStandardHelpOptions = true,
    description = "Write preferences for another tool: jsonl, csv, trl, label-studio, argilla.")
final class DataExportCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Option(
      names = "--format",
      required = true,
      paramLabel = "F",
      description = "jsonl, csv, trl, label-studio, argilla or parquet")
  private String format = "";

  @Option(names = "--output", required = true, paramLabel = "FILE")
  private Path output = Path.of("");

  @Option(
      names = "--from",
      paramLabel = "F",
      defaultValue = "auto",
      description = "what the input is; default: recognised")
  private String from = "auto";

  @Mixin private ImportOptions input = new ImportOptions();
  @Mixin private ResultOptions results = new ResultOptions();

  DataExportCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    PrintStream text = results.text(terminal);
    ExportFormat known =
        ExportFormat.of(format.toLowerCase(Locale.ROOT).replace('_', '-'))
            .orElseThrow(
                () ->
                    new UserException(
                        "--format %s is unknown; formats: %s"
                            .formatted(format, ExportFormat.labels())));
    ImportRequest request = input.request(from, "--from");
    ExportReport report;
    try (RowProgress progress = new RowProgress("export", terminal.err())) {
      report =
          Exporters.of(known)
              .write(
                  output,
                  sink ->
                      input.read(
                          request,
                          preference -> {
                            sink.take(preference);
                            progress.step();
                          }));
    }
    report.leftOut().forEach((reason, count) -> text.printf("left out, %s: %d%n", reason, count));
    text.printf("%d rows: %s%n", report.rows(), output);
    Map<String, Object> result = new LinkedHashMap<>(report.toJson());
    result.put("output", output.toString());
    results.print(terminal, result);
    return 0;
  }
}
