package org.plumbline.pipeline.cli;

import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.plumbline.model.adapter.Adapter;
import org.plumbline.model.adapter.AdapterMerge;
import org.plumbline.model.adapter.Lora;
import org.plumbline.model.architecture.LoadOptions;
import org.plumbline.model.architecture.ModelBundle;
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
        "Write a model with its adapter merged, computed in float32 and stored as the base is; or one adapter made of several.")
final class MergeCommand implements Callable<Integer> {
  private final Terminal terminal;
  @Mixin private ModelOptions model = new ModelOptions();

  @Option(names = "--output", required = true, paramLabel = "DIR")
  private Path output = Path.of("");

  @Option(
      names = "--combination",
      paramLabel = "C",
      description =
          "how several adapters, each as DIR or DIR=WEIGHT, become one: ${COMPLETION-CANDIDATES}; cat if absent")
  private AdapterMerge.@Nullable Combination combination;

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
    LoadOptions asked = model.options();
    LoadOptions full =
        new LoadOptions(DType.F32, false, asked.device()).withAnyBase(asked.anyBase());
    List<WeightedFolder> weighted = model.adapters().stream().map(WeightedFolder::of).toList();
    if (combination != null || weighted.size() > 1 || weighted.stream().anyMatch(w -> w.given)) {
      return combine(weighted, full, text);
    }
    try (ModelOptions.Loaded loaded = model.load(full, terminal);
        TextTokenizer tokenizer = TextTokenizer.open(loaded.text())) {
      if (loaded.active().isEmpty()) {
        throw new UserException(
            "nothing to merge; needed: --adapter DIR, or a PEFT folder as --model");
      }
      loaded.model().requireMergeable(loaded.active());
      if (loaded.model().config().numLabels().isEmpty()) {
        requireNoHead(loaded.active());
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

  /**
   * An adapter's folder with its share.
   *
   * @param given whether the share was written
   */
  private record WeightedFolder(Path folder, double weight, boolean given) {
    private static final Pattern WEIGHTED =
        Pattern.compile("(.+)=([-+]?[0-9.]+(?:[eE][-+]?\\d+)?)");

    static WeightedFolder of(String written) {
      Matcher parts = WEIGHTED.matcher(written);
      boolean given = !Files.isDirectory(Path.of(written)) && parts.matches();
      try {
        return given
            ? new WeightedFolder(Path.of(parts.group(1)), Double.parseDouble(parts.group(2)), true)
            : new WeightedFolder(Path.of(written), 1, false);
      } catch (NumberFormatException e) {
        throw new UserException("--adapter %s: the weight is no number".formatted(written), e);
      }
    }
  }

  /** The head would be lost. */
  private static void requireNoHead(List<Adapter> active) {
    for (Adapter adapter : active) {
      if (adapter.head().isPresent()) {
        throw new UserException(
            "adapter %s cannot be merged: it brings a head that its base has no place for; use it beside its base"
                .formatted(adapter.name()));
      }
    }
  }

  /** One adapter's folder out of several. */
  private int combine(List<WeightedFolder> weighted, LoadOptions options, PrintStream text)
      throws Exception {
    Path base = model.model();
    if (ModelBundle.isAdapter(base)) {
      throw new UserException(
          "--model %s is an adapter; to combine adapters, give their base as --model and each of them as --adapter DIR=WEIGHT"
              .formatted(base));
    }
    if (weighted.isEmpty()) {
      throw new UserException("nothing to combine; needed: --adapter DIR=WEIGHT, once or more");
    }
    AdapterMerge.Combination how = combination == null ? AdapterMerge.Combination.CAT : combination;
    try (TransformerModel loaded = TransformerModel.load(base, options)) {
      List<AdapterMerge.Weighted> adapters = new ArrayList<>();
      for (WeightedFolder one : weighted) {
        ModelOptions.requireFolder(one.folder());
        String name = "%s (%d)".formatted(one.folder(), adapters.size() + 1);
        adapters.add(
            new AdapterMerge.Weighted(
                ModelOptions.put(loaded, name, one.folder(), terminal), one.weight()));
      }
      Adapter combined = loaded.combine("combined", adapters, how);
      terminal.workBegins();
      AtomicFiles.DISK.writeDirectory(
          output,
          folder -> {
            loaded.saveAdapter(combined, folder, base);
            try (TextTokenizer tokenizer = TextTokenizer.open(textFolder(base, weighted))) {
              tokenizer.copyFiles(folder);
            }
          });
      int rank = ((Lora) combined.method()).rank();
      text.printf("combined: %s; %d adapters, rank %d%n", output, adapters.size(), rank);
      results.print(terminal, Map.of("output", output.toString(), "rank", rank));
      return 0;
    }
  }

  /**
   * Where the first adapter that brings a tokenizer or template of its own has it, else the base.
   */
  private static Path textFolder(Path base, List<WeightedFolder> weighted) {
    return weighted.stream()
        .map(one -> ModelBundle.textFolder(base, one.folder()))
        .filter(folder -> !folder.equals(base))
        .findFirst()
        .orElse(base);
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
