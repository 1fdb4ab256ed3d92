package org.plumbline.pipeline.cli;

import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.plumbline.model.architecture.LoadOptions;
import org.plumbline.model.architecture.TransformerModel;
import org.plumbline.model.chat.ChatEncoder;
import org.plumbline.model.config.GenerationConfig;
import org.plumbline.model.generation.SequenceScorer;
import org.plumbline.model.generation.SequenceScorer.Sequence;
import org.plumbline.model.safetensors.DType;
import org.plumbline.model.tokenizer.TextTokenizer;
import org.plumbline.stage.AtomicFiles;
import org.plumbline.stage.UserException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code plumbline merge}. */
@Command(
    name = "merge",
    mixinStandardHelpOptions = true,
    description =
        "Write a model with its adapter merged, computed in float32 and stored as the base is.")
final class MergeCommand implements Callable<Integer> {
  private final Terminal terminal;
  @Mixin private ModelOptions model = new ModelOptions();

  @Option(names = "--output", required = true, paramLabel = "DIR")
  private Path output = Path.of("");

  @Mixin private ResultOptions results = new ResultOptions();

  MergeCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws Exception {
    PrintStream text = results.text(terminal);
    if (Files.exists(output)) {
      throw new UserException(output + " exists already; give a folder that does not");
    }
    LoadOptions full = new LoadOptions(DType.F32, false, model.options().device());
    try (ModelOptions.Loaded loaded = model.load(full);
        TextTokenizer tokenizer = TextTokenizer.open(loaded.text())) {
      if (loaded.active().isEmpty()) {
        throw new UserException(
            "nothing to merge; needed: --adapter DIR, or a PEFT folder as --model");
      }
      terminal.workBegins();
      AtomicFiles.DISK.writeDirectory(
          output,
          folder -> {
            loaded.model().saveMerged(folder, loaded.active());
            tokenizer.copyFiles(folder);
            generation(loaded).write(folder);
          });
      double worst = largestDifference(loaded, full);
      text.printf(
          "merged: %s; log-probabilities of a probe differ by at most %.2g nats%n", output, worst);
      results.print(
          terminal, Map.of("output", output.toString(), "largest_difference_nats", worst));
      return 0;
    }
  }

  /** The base's, with the end token of a template that the adapter brings. */
  private static GenerationConfig generation(ModelOptions.Loaded loaded) {
    GenerationConfig base = GenerationConfig.read(loaded.folder(), loaded.model().config());
    if (loaded.text().equals(loaded.folder())) {
      return base;
    }
    try (ChatEncoder encoder = loaded.encoder()) {
      return base.withStops(encoder.stopIds());
    }
  }

  /** Adapter beside merged weights on one pseudo-random sequence. */
  private double largestDifference(ModelOptions.Loaded loaded, LoadOptions options) {
    int vocabulary = loaded.model().config().vocabSize();
    int[] ids = new int[Math.min(32, loaded.model().config().maxPositions())];
    Arrays.setAll(ids, i -> (int) ((i * 2654435761L + 17) % vocabulary));
    List<Sequence> probe = List.of(new Sequence(ids, 1));
    if (loaded.model().config().numLabels().isPresent()) {
      return 0;
    }
    float[] before =
        new SequenceScorer(loaded.model(), 1).logProbs(probe, loaded.active(), 1).get(0);
    try (TransformerModel merged = TransformerModel.load(output, options)) {
      float[] after = new SequenceScorer(merged, 1).logProbs(probe, new ArrayList<>(), 1).get(0);
      double worst = 0;
      for (int i = 0; i < before.length; i++) {
        worst = Math.max(worst, Math.abs(before[i] - after[i]));
      }
      return worst;
    }
  }
}
