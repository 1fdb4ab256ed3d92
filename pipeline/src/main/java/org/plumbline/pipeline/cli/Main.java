package org.plumbline.pipeline.cli;

import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import org.plumbline.evaluation.suite.Suite;
import org.plumbline.evaluation.suite.Suites;
import org.plumbline.model.OfflineDjl;
import org.plumbline.pipeline.StageCatalog;
import org.plumbline.stage.StopSignal;
import picocli.CommandLine;

/** Entry point of {@code plumbline}. */
public final class Main {
  private Main() {}

  /** Parses, runs, exits. */
  public static void main(String[] args) {
    OfflineDjl.set();
    Locale.setDefault(Locale.ROOT);
    // Commands without a checkpoint end at once on Ctrl-C, as any program does.
    boolean resumable =
        args.length > 0
            && (List.of("run", "study", "judge").contains(args[0])
                || Stages.catalog().find(args[0]).isPresent());
    StopSignal stop =
        resumable ? StopSignal.install(System.err::println) : new StopSignal(System.err::println);
    int code = execute(args, System.out, System.err, stop);
    System.out.flush();
    System.err.flush();
    // The engine's own threads may outlive a bfloat16 run and abort the process on a normal exit;
    // everything that must be durable has been synced by now.
    Runtime.getRuntime().halt(code);
  }

  private static void addSuite(CommandLine verb, SuiteCommand command, Suite suite) {
    CommandLine line = new CommandLine(command);
    line.getCommandSpec().usageMessage().description(suite.description());
    verb.addSubcommand(suite.name(), line);
  }

  /** Runs one command line within this process; for tests too. */
  static int execute(String[] args, PrintStream out, PrintStream err, StopSignal stop) {
    Terminal terminal = new Terminal(out, err, stop);
    StageCatalog catalog = Stages.catalog();
    CommandLine line = new CommandLine(new PlumblineCommand());
    line.addSubcommand(new RunCommand(terminal, catalog));
    line.addSubcommand(new StudyCommand(terminal, catalog));
    line.addSubcommand(new ValidateCommand(terminal, catalog));
    line.addSubcommand(new CheckCommand(terminal, catalog));
    for (String kind : catalog.kinds()) {
      CommandLine verb = new CommandLine(new StageCommand(terminal, catalog, kind));
      verb.setUnmatchedArgumentsAllowed(true);
      if (kind.equals("evaluate")) {
        Suites.all().forEach(suite -> addSuite(verb, new SuiteCommand(terminal, suite), suite));
      }
      line.addSubcommand(kind, verb, catalog.aliases(kind).toArray(String[]::new));
    }
    line.addSubcommand(new ScoreCommand(terminal));
    line.addSubcommand(new GenerateCommand(terminal));
    line.addSubcommand(new ChatCommand(terminal));
    line.addSubcommand(new MergeCommand(terminal));
    line.addSubcommand(new QuantizeCommand(terminal));
    line.addSubcommand(DataCommand.line(terminal));
    line.addSubcommand(new JudgeCommand(terminal));
    line.addSubcommand(new RenderCommand(terminal));
    line.addSubcommand(new ReportCommand(terminal));
    line.addSubcommand(new BenchCommand(terminal));
    line.setOut(new java.io.PrintWriter(out, true, java.nio.charset.StandardCharsets.UTF_8));
    line.setErr(new java.io.PrintWriter(err, true, java.nio.charset.StandardCharsets.UTF_8));
    line.setParameterExceptionHandler(terminal::usageError);
    line.setExecutionExceptionHandler(terminal::failure);
    line.setCaseInsensitiveEnumValuesAllowed(true);
    try {
      return line.execute(args);
    } catch (OutOfMemoryError | LinkageError e) {
      return terminal.fatal(e);
    }
  }
}
