package org.plumbline.pipeline.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.plumbline.evaluation.report.ReportWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
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

  @Option(names = "--debug", description = "show stack traces")
  private boolean debug;

  ReportCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws Exception {
    terminal.debug().set(debug);
    Path made = run.resolve(RunSummary.COMMAND);
    String command =
        Files.isRegularFile(made) ? Files.readString(made).strip() : "plumbline report " + run;
    Path report = ReportWriter.write(run, command);
    terminal.out().println("Report: " + report);
    return 0;
  }
}
