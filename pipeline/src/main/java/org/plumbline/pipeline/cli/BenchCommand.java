package org.plumbline.pipeline.cli;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import org.plumbline.model.adapter.Adapter;
import org.plumbline.model.adapter.Lora;
import org.plumbline.model.architecture.LoadOptions;
import org.plumbline.model.architecture.NllResult;
import org.plumbline.model.architecture.TokenBatch;
import org.plumbline.model.architecture.Trace;
import org.plumbline.model.architecture.TransformerModel;
import org.plumbline.model.generation.Generator;
import org.plumbline.model.generation.SamplingConfig;
import org.plumbline.model.generation.SequenceScorer;
import org.plumbline.model.generation.SequenceScorer.Sequence;
import org.plumbline.model.tensor.Parameter;
import org.plumbline.stage.RandomStreams;
import org.plumbline.stage.UserException;
import org.plumbline.training.Optimizer;
import org.plumbline.training.OptimizerConfig;
import org.plumbline.training.OptimizerKind;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code plumbline bench}: the least time of some repeats; {@code --json} for scripts. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description = "Time LoRA SFT steps (sft) or sampling (generate) of a model folder.")
final class BenchCommand implements Callable<Integer> {
  private static final int PROMPT = 64;
  private static final int REPLY = 128;

  private final Terminal terminal;
  @Mixin private ModelOptions model = new ModelOptions();

  @Parameters(paramLabel = "WHAT", description = "sft or generate")
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

  @Mixin private ResultOptions results = new ResultOptions();

  private final Map<String, Object> seen = new LinkedHashMap<>();

  BenchCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    PrintStream text = results.text(terminal);
    LoadOptions options = model.options().withCheckpointing(checkpointing);
    try (ModelOptions.Loaded loaded = model.load(options, terminal)) {
      terminal.workBegins();
      Runnable run;
      double tokens;
      switch (what) {
        case "sft" -> {
          run = sft(loaded.model());
          tokens = (double) batch * length;
        }
        case "generate" -> {
          run = generate(loaded.model());
          tokens = (double) batch * REPLY;
        }
        default ->
            throw new UserException("bench %s is unknown; needed: sft or generate".formatted(what));
      }
      double seconds = best(run);
      Map<String, Object> figure = new LinkedHashMap<>(seen);
      figure.put("program", "plumbline");
      figure.put("what", what);
      figure.put("dtype", model.options().compute().torchName());
      figure.put("batch", batch);
      figure.put("seconds", seconds);
      figure.put("tokens_per_second", tokens / seconds);
      figure.put("peak_memory_mib", PeakMemory.mebibytes());
      text.printf(
          Locale.ROOT,
          "%s, batch %d, %s: %.3f s, %.1f tokens/s, peak %d MiB %s%n",
          what,
          batch,
          figure.get("dtype"),
          seconds,
          tokens / seconds,
          PeakMemory.mebibytes(),
          seen);
      results.print(terminal, figure);
      return 0;
    }
  }

  /** Least time of the repeats, the first run not counted where there are any. */
  private double best(Runnable run) {
    double least = Double.POSITIVE_INFINITY;
    for (int i = 0; i <= repeats; i++) {
      long start = System.nanoTime();
      run.run();
      double seconds = (System.nanoTime() - start) / 1e9;
      least = i == 0 && repeats > 0 ? least : Math.min(least, seconds);
    }
    return least;
  }

  /** A LoRA step of rank 16 on all linear layers: forward, loss on every token, backward, AdamW. */
  private Runnable sft(TransformerModel base) {
    Adapter adapter = base.addAdapter("bench", Lora.of(16, 32, 0, List.of(Lora.ALL_LINEAR)), 0, 0);
    List<Parameter> parameters = adapter.parameters();
    Optimizer rule = new Optimizer(OptimizerConfig.of(kind()), base.newScope(), parameters);
    List<int[]> rows = random(base, length);
    TokenBatch tokens = TokenBatch.of(rows);
    List<Sequence> sequences = rows.stream().map(ids -> new Sequence(ids, 1)).toList();
    long[] index = SequenceScorer.predictors(sequences, tokens);
    long[] targets = SequenceScorer.targets(sequences);
    float[] weights = new float[targets.length];
    Arrays.fill(weights, 1f / targets.length);
    return () -> {
      try (NDManager scope = base.newScope()) {
        Trace trace = base.trace(scope, tokens, index, List.of(adapter), 0, false);
        NllResult loss = base.nll(scope, trace.rows(), targets, weights, List.of(adapter));
        List<NDArray> gradients =
            trace.gradients(scope, List.of(trace.rows()), List.of(loss.rowGrad()), parameters);
        seen.put("loss", loss.loss());
        seen.put("least_layer_gradient", leastLayer(base, adapter, parameters, gradients));
        rule.step(gradients, 1e-4);
      }
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

  /** Norm of the gradient of the layer where it is least. */
  private static double leastLayer(
      TransformerModel base, Adapter adapter, List<Parameter> parameters, List<NDArray> gradients) {
    double[] squares = base.carrier().squareSums(gradients);
    double least = Double.POSITIVE_INFINITY;
    for (int layer = 0; layer < base.config().layers(); layer++) {
      List<Parameter> inside = adapter.parameters(layer);
      double sum = 0;
      for (int i = 0; i < squares.length; i++) {
        sum += inside.contains(parameters.get(i)) ? squares[i] : 0;
      }
      least = Math.min(least, Math.sqrt(sum));
    }
    return least;
  }

  private Runnable generate(TransformerModel base) {
    Generator generator = new Generator(base, batch);
    List<int[]> prompts = random(base, PROMPT);
    SamplingConfig sampling = SamplingConfig.pure(REPLY, 1, Set.of());
    return () ->
        generator.generate(prompts, List.of(), sampling, row -> RandomStreams.of(0, "bench", row));
  }

  private List<int[]> random(TransformerModel base, int size) {
    SplittableRandom random = new SplittableRandom(0);
    List<int[]> rows = new ArrayList<>();
    for (int b = 0; b < batch; b++) {
      rows.add(random.ints(size, 5, base.config().vocabSize()).toArray());
    }
    return rows;
  }
}
