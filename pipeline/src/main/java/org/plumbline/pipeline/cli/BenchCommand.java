package org.plumbline.pipeline.cli;

import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.plumbline.model.architecture.LoadOptions;
import org.plumbline.model.architecture.TransformerModel;
import org.plumbline.pipeline.PeakMemory;
import org.plumbline.stage.UserException;
import org.plumbline.training.OptimizerKind;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code plumbline bench}: the least time of some repeats; {@code --json} for scripts. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description =
        "Time LoRA SFT steps (sft), sampling (generate) or sampling under an adapter per row (adapters) of a model folder.")
final class BenchCommand implements Callable<Integer> {
  private final Terminal terminal;
  @Mixin private ModelOptions model = new ModelOptions();

  @Parameters(paramLabel = "WHAT", description = "sft, generate or adapters")
  private String what = "";

  @Option(names = "--batch", defaultValue = "8")
  private int batch = 8;

  @Option(names = "--length", defaultValue = "512", description = "tokens of a training row")
  private int length = 512;

  @Option(names = "--repeats", defaultValue = "3")
  private int repeats = 3;

  @Option(
      names = "--checkpointing",
      description = "compute layers again for gradients instead of keeping all that they need")
  private boolean checkpointing;

  @Option(names = "--optimizer", defaultValue = "adamw", description = "adamw or adamw_8bit (sft)")
  private String optimizer = "adamw";

  @Option(
      names = "--adapters",
      paramLabel = "N",
      defaultValue = "200",
      description = "random adapters on the base (adapters)")
  private int adapters = 200;

  @Option(
      names = "--rank",
      paramLabel = "R",
      defaultValue = "8",
      description = "of each (adapters)")
  private int rank = 8;

  @Mixin private ResultOptions results = new ResultOptions();

  BenchCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    PrintStream text = results.text(terminal);
    requirePositive("--batch", batch);
    requirePositive("--adapters", adapters);
    LoadOptions options = model.options().withCheckpointing(checkpointing);
    try (ModelOptions.Loaded loaded = model.load(options, terminal)) {
      Benchmark benchmark = benchmark(loaded.model());
      terminal.workBegins();
      Map<String, Double> seconds = benchmark.leastSeconds(repeats);
      Map<String, Object> figures = new LinkedHashMap<>(benchmark.seen());
      figures.put("program", "plumbline");
      figures.put("what", what);
      figures.put("dtype", options.compute().torchName());
      figures.put("batch", batch);
      figures.putAll(benchmark.figures(seconds));
      figures.put("peak_memory_mib", PeakMemory.mebibytes());
      print(text, benchmark, seconds, figures);
      results.print(terminal, figures);
      return 0;
    }
  }

  private void print(
      PrintStream text,
      Benchmark benchmark,
      Map<String, Double> seconds,
      Map<String, Object> figures) {
    text.printf(
        "%s, batch %d, %s, peak %d MiB %s%n",
        what, batch, figures.get("dtype"), PeakMemory.mebibytes(), benchmark.seen());
    seconds.forEach(
        (side, least) ->
            text.printf(
                Locale.ROOT,
                "%s: %.3f s, %.1f tokens/s%n",
                side,
                least,
                benchmark.tokens() / least));
    benchmark
        .ratios(seconds)
        .forEach((name, ratio) -> text.printf(Locale.ROOT, "%s: %.2f%n", name, ratio));
  }

  private Benchmark benchmark(TransformerModel base) {
    return switch (what) {
      case "sft" -> TrainingBenchmark.of(base, batch, length, kind());
      case "generate" -> SamplingBenchmark.of(base, batch);
      case "adapters" -> AdapterBenchmark.of(base, batch, adapters, rank);
      default ->
          throw new UserException(
              "bench %s is unknown; needed: sft, generate or adapters".formatted(what));
    };
  }

  private OptimizerKind kind() {
    return switch (optimizer) {
      case "adamw" -> OptimizerKind.ADAMW;
      case "adamw_8bit" -> OptimizerKind.ADAMW_8BIT;
      default ->
          throw new UserException(
              "--optimizer %s is unknown; needed: adamw or adamw_8bit".formatted(optimizer));
    };
  }

  private static void requirePositive(String flag, int number) {
    if (number < 1) {
      throw new UserException("%s %d must be at least 1".formatted(flag, number));
    }
  }
}
