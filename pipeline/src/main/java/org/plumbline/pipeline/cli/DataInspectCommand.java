package org.plumbline.pipeline.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.plumbline.data.DatasetWriter;
import org.plumbline.data.ImportReport;
import org.plumbline.data.format.ImportRequest;
import org.plumbline.data.format.Imports;
import org.plumbline.data.format.PreferenceJson;
import org.plumbline.data.format.Recognition;
import org.plumbline.stage.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code plumbline data inspect}. */
@Command(
    name = "inspect",
    mixinStandardHelpOptions = true,
    description = "Say what a file is and why, and show its first rows as they would be imported.")
final class DataInspectCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Option(names = "--rows", paramLabel = "N", defaultValue = "3", description = "rows shown")
  private int rows = 3;

  @Option(
      names = "--format",
      paramLabel = "F",
      defaultValue = "auto",
      description = "what the file is; default: recognised")
  private String format = "auto";

  @Mixin private ImportOptions input = new ImportOptions();
  @Mixin private ResultOptions results = new ResultOptions();

  DataInspectCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    PrintStream text = results.text(terminal);
    ImportRequest request = input.request(format, "--format");
    Recognition found = Imports.recognise(request);
    List<Object> first = new ArrayList<>();
    ImportReport report =
        input.collectingRejects(
            rejects ->
                found.format().isDemonstrations()
                    ? Imports.demonstrations(
                        request, row -> show(first, DatasetWriter.toJson(row)), rejects)
                    : Imports.preferences(
                        request, row -> show(first, PreferenceJson.toJson(row)), rejects));
    text.printf("%s: %s%n", found.format().label(), found.format().description());
    text.printf("because %s%n", found.why());
    for (Object row : first) {
      text.print(Json.pretty(row));
    }
    text.println(report.summary());
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("format", found.format().label());
    result.put("recognised", found.why());
    result.put("first", first);
    result.put("report", report.toJson());
    results.print(terminal, result);
    return 0;
  }

  private void show(List<Object> first, Object row) {
    if (first.size() < rows) {
      first.add(row);
    }
  }
}
