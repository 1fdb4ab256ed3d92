package org.plumbline.pipeline.cli;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code plumbline data …}. */
@Command(name = "data", mixinStandardHelpOptions = true, description = "Work on preference data.")
final class DataCommand implements Runnable {
  @Spec private @Nullable CommandSpec spec;

  /** The command with its verbs. */
  static CommandLine line(Terminal terminal) {
    CommandLine line = new CommandLine(new DataCommand());
    line.addSubcommand(new DataImportCommand(terminal));
    line.addSubcommand(new DataInspectCommand(terminal));
    line.addSubcommand(new DataExportCommand(terminal));
    line.addSubcommand(new DataStatsCommand(terminal));
    line.addSubcommand(new DataAgreeCommand(terminal));
    return line;
  }

  @Override
  public void run() {
    throw new ParameterException(
        Objects.requireNonNull(spec).commandLine(),
        "Which one: import, inspect, export, stats, agree?");
  }
}
