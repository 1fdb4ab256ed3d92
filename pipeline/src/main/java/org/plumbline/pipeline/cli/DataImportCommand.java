package org.plumbline.pipeline.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import org.plumbline.data.DatasetWriter;
import org.plumbline.data.Demonstration;
import org.plumbline.data.ImportReport;
import org.plumbline.data.Preference;
import org.plumbline.data.format.ImportRequest;
import org.plumbline.data.format.Imports;
import org.plumbline.data.format.PreferenceJson;
import org.plumbline.data.format.Recognition;
import org.plumbline.data.format.Sink;
import org.plumbline.stage.Json;
import org.plumbline.stage.JsonLines;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code plumbline data import}. */
@Command(
    name = "import",
    mixinStandardHelpOptions = true,
    description = "Read preferences or demonstrations of any format; write Plumbline's jsonl.")
final class DataImportCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Option(
      names = "--format",
      paramLabel = "F",
      defaultValue = "auto",
      description = "what the file is; default: recognised")
  private String format = "auto";

  @Option(names = "--output", required = true, paramLabel = "FILE")
  private Path output = Path.of("");

  @Mixin private ImportOptions input = new ImportOptions();
  @Mixin private ResultOptions results = new ResultOptions();

  DataImportCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    PrintStream text = results.text(terminal);
    ImportRequest asked = input.request(format, "--format");
    Recognition found = Imports.recognise(asked);
    ImportRequest request =
        new ImportRequest(asked.file(), found.format(), asked.columns(), asked.skipMalformed());
    text.printf("%s (%s)%n", found.format().description(), found.why());
    boolean demonstrations = found.format().isDemonstrations();
    ImportReport report =
        input
            .<ImportReport>collectingRejects(rejects -> write(request, demonstrations, rejects))
            .recognisedBecause(found.why());
    input
        .badRows()
        .ifPresent(file -> text.printf("%d rows kept out: %s%n", report.skippedCount(), file));
    text.println(Json.pretty(report.toJson()));
    String what = demonstrations ? "demonstrations" : "pairs";
    text.printf("%d %s: %s%n", report.records(), what, output);
    results.print(
        terminal,
        Map.of(what, report.records(), "output", output.toString(), "report", report.toJson()));
    return 0;
  }

  private ImportReport write(
      ImportRequest request, boolean demonstrations, Sink<ImportReport.Skipped> rejects)
      throws IOException {
    ImportReport[] report = new ImportReport[1];
    try (RowProgress progress = new RowProgress("import", terminal.err())) {
      JsonLines.write(
          output,
          sink -> {
            Sink<Preference> preferences =
                value -> {
                  sink.write(PreferenceJson.toJson(value));
                  progress.step();
                };
            Sink<Demonstration> answers =
                value -> {
                  sink.write(DatasetWriter.toJson(value));
                  progress.step();
                };
            report[0] =
                demonstrations
                    ? Imports.demonstrations(request, answers, rejects)
                    : Imports.preferences(request, preferences, rejects);
          });
    }
    return report[0];
  }
}
