package org.plumbline.pipeline.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.util.Map;
import java.util.concurrent.Callable;
import org.plumbline.data.PreferenceStats;
import org.plumbline.stage.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code plumbline data stats}. */
@Command(
    name = "stats",
    mixinStandardHelpOptions = true,
    description = "Count prompts, judgements, annotators, models, lengths and margins.")
final class DataStatsCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Option(
      names = "--format",
      paramLabel = "F",
      defaultValue = "auto",
      description = "what the file is; default: recognised")
  private String format = "auto";

  @Mixin private ImportOptions input = new ImportOptions();
  @Mixin private ResultOptions results = new ResultOptions();

  DataStatsCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    PrintStream text = results.text(terminal);
    PreferenceStats stats = new PreferenceStats();
    text.println(input.read(input.request(format, "--format"), stats::add).summary());
    Map<String, Object> json = stats.toJson();
    text.print(Json.pretty(json));
    results.print(terminal, json);
    return 0;
  }
}
