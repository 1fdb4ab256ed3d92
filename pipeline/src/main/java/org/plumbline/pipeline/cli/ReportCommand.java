package org.plumbline.pipeline.cli;

import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import org.plumbline.evaluation.report.ReportWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code plumbline report}. */
@Command(
    name = "report",
    mixinStandardHelpOptions = true,
    description = "Write report.html and report.json of a run's folder again.")
final class ReportCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Parameters(paramLabel = "RUN_DIR")
  private Path run = Path.of("");

  @Mixin private ResultOptions results = new ResultOptions();

  ReportCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws Exception {
    PrintStream text = results.text(terminal);
    Path made = run.resolve(RunSummary.COMMAND);
    String command =
        Files.isRegularFile(made) ? Files.readString(made).strip() : "plumbline report " + run;
    Path report = ReportWriter.write(run, command);
    text.println("Report: " + report);
    results.print(terminal, Map.of("report", report.toString()));
    return 0;
  }
}
