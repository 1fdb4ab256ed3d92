package org.plumbline.pipeline.cli;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.plumbline.data.Dataset;
import org.plumbline.data.DatasetWriter;
import org.plumbline.data.ImportReport;
import org.plumbline.data.format.DataFormat;
import org.plumbline.data.format.PairReader;
import org.plumbline.data.PreferencePair;
import org.plumbline.stage.Json;
import org.plumbline.stage.JsonLines;
import org.plumbline.stage.UserException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code plumbline data …}. */
@Command(name = "data", mixinStandardHelpOptions = true, description = "Work on preference data.")
final class DataCommand implements Runnable {
  private final Terminal terminal;
  @Spec private @Nullable CommandSpec spec;

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
      @Option(
              names = "--skip-bad-rows",
              paramLabel = "FILE",
              description = "go on past malformed rows; what is kept out goes to this file")
          @Nullable Path badRows,
      @Mixin ResultOptions results)
      throws java.io.IOException {
    PrintStream text = results.text(terminal);
    DataFormat known;
    try {
      known = DataFormat.valueOf(format.toUpperCase(Locale.ROOT).replace('-', '_'));
    } catch (IllegalArgumentException e) {
      throw new UserException(
          "--format %s is unknown; formats: auto, hh-rlhf, trl".formatted(format), e);
    }
    Dataset<PreferencePair> pairs = new PairReader(known, badRows != null).readAll(input);
    DatasetWriter.writePairs(output, pairs.rows());
    if (badRows != null) {
      JsonLines.write(
          badRows,
          sink -> {
            for (ImportReport.Skipped row : pairs.report().skipped()) {
              sink.write(row.toJson());
            }
          });
      text.printf("%d rows kept out: %s%n", pairs.report().skipped().size(), badRows);
    }
    text.println(Json.pretty(pairs.report().toJson()));
    text.printf("%d pairs: %s%n", pairs.rows().size(), output);
    results.print(
        terminal,
        Map.of(
            "pairs",
            pairs.rows().size(),
            "output",
            output.toString(),
            "report",
            pairs.report().toJson()));
    return 0;
  }
}
