package org.plumbline.pipeline.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.plumbline.evaluation.suite.Suite;
import org.plumbline.evaluation.suite.SuiteFiles;
import org.plumbline.evaluation.suite.SuiteOptions;
import org.plumbline.evaluation.suite.SuiteResult;
import org.plumbline.model.architecture.ModelBundle;
import org.plumbline.pipeline.MeasuredModel;
import org.plumbline.stage.UserException;
import org.plumbline.stage.statistics.Interval;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code plumbline evaluate SUITE}: one measurement of one model on one file. */
@Command(mixinStandardHelpOptions = true)
final class SuiteCommand implements Callable<Integer> {
  private final Terminal terminal;
  private final Suite suite;
  @Mixin private ModelOptions model = new ModelOptions();

  @Option(names = "--data", required = true, paramLabel = "PATH")
  private Path data = Path.of("");

  @Option(
      names = "--output",
      required = true,
      paramLabel = "DIR",
      description = "new folder for results.json and rows.jsonl")
  private Path output = Path.of("");

  @Option(
      names = "--samples",
      paramLabel = "N",
      defaultValue = "1",
      description = "replies per prompt, where the suite lets the model reply")
  private int samples = 1;

  @Option(names = "--max-new-tokens", paramLabel = "N", defaultValue = "128")
  private int maxNewTokens = 128;

  @Option(
      names = "--temperature",
      paramLabel = "T",
      defaultValue = "1",
      description = "of replies; 0 is greedy")
  private double temperature = 1;

  @Option(
      names = "--resamples",
      paramLabel = "N",
      defaultValue = "2000",
      description = "bootstrap draws behind each interval")
  private int resamples = 2000;

  @Option(names = "--seed", paramLabel = "S", defaultValue = "7")
  private long seed = 7;

  @Mixin private ResultOptions results = new ResultOptions();

  SuiteCommand(Terminal terminal, Suite suite) {
    this.terminal = terminal;
    this.suite = suite;
  }

  @Override
  public Integer call() throws Exception {
    PrintStream text = results.text(terminal);
    SuiteOptions options = new SuiteOptions(seed, resamples, samples, maxNewTokens, temperature);
    if (Files.exists(output)) {
      throw new UserException(output + " exists already; give a folder that does not");
    }
    Suite.Measuring measuring = suite.open(data);
    try (ModelBundle bundle = model.bundle(terminal)) {
      MeasuredModel measured = new MeasuredModel(bundle, text);
      suite.requireFits(measured);
      terminal.workBegins();
      SuiteResult result = measuring.measure(measured, options);
      ObjectNode about = JsonNodeFactory.instance.objectNode();
      about.put("suite", suite.name());
      model.describe(about);
      about.put("data", data.toString());
      ObjectNode written = SuiteFiles.write(output, about, options, result);
      result.figures().forEach((name, figure) -> print(text, name, figure));
      text.println("Intervals: " + written.path("intervals").asText());
      text.println("Results: " + output.resolve("results.json"));
      results.print(terminal, written);
      return 0;
    }
  }

  private static void print(PrintStream text, String name, Interval figure) {
    text.printf(
        Locale.ROOT,
        "%-28s %10.4g  (%.4g to %.4g, n = %d)%n",
        name,
        figure.value(),
        figure.low(),
        figure.high(),
        figure.n());
  }
}
