package org.plumbline.pipeline.cli;

import java.nio.file.Path;
import java.util.Locale;
import org.plumbline.data.Dataset;
import org.plumbline.data.DatasetWriter;
import org.plumbline.data.PairFormat;
import org.plumbline.data.PairReader;
import org.plumbline.data.PreferencePair;
import org.plumbline.stage.Json;
import org.plumbline.stage.UserException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code plumbline data …}. */
@Command(name = "data", mixinStandardHelpOptions = true, description = "Work on preference data.")
final class DataCommand implements Runnable {
  private final Terminal terminal;
  @Spec private @org.jspecify.annotations.Nullable CommandSpec spec;

  DataCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    throw new ParameterException(
        java.util.Objects.requireNonNull(spec).commandLine(), "Which one: import?");
  }

  /** {@code plumbline data import}. */
  @Command(
      name = "import",
      mixinStandardHelpOptions = true,
      description = "Read pairs of a known format and write them as Plumbline's jsonl.")
  int importPairs(
      @Option(
              names = "--format",
              paramLabel = "F",
              defaultValue = "auto",
              description = "auto, hh-rlhf or trl")
          String format,
      @Option(names = "--input", required = true, paramLabel = "PATH") Path input,
      @Option(names = "--output", required = true, paramLabel = "FILE") Path output,
      @Option(names = "--skip-bad-rows", description = "report malformed rows and go on")
          boolean skipBadRows,
      @Option(names = "--debug", description = "show stack traces") boolean debug)
      throws java.io.IOException {
    terminal.debug().set(debug);
    PairFormat known;
    try {
      known = PairFormat.valueOf(format.toUpperCase(Locale.ROOT).replace('-', '_'));
    } catch (IllegalArgumentException e) {
      throw new UserException(
          "--format %s is unknown; formats: auto, hh-rlhf, trl".formatted(format), e);
    }
    Dataset<PreferencePair> pairs = new PairReader(known, skipBadRows).readAll(input);
    DatasetWriter.writePairs(output, pairs.rows());
    terminal.out().println(Json.pretty(pairs.report()));
    terminal.out().printf("%d pairs: %s%n", pairs.rows().size(), output);
    return 0;
  }
}
