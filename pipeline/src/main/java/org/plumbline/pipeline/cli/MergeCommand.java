package org.plumbline.pipeline.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.plumbline.model.adapter.Adapter;
import org.plumbline.model.adapter.AdapterBase;
import org.plumbline.model.adapter.AdapterMerge;
import org.plumbline.model.architecture.BaseOrigin;
import org.plumbline.model.architecture.LoadOptions;
import org.plumbline.model.architecture.LogitProbe;
import org.plumbline.model.architecture.ModelBundle;
import org.plumbline.model.architecture.TransformerModel;
import org.plumbline.model.chat.ChatEncoder;
import org.plumbline.model.config.GenerationConfig;
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
        "Write a model with its adapter merged, or taken out again, computed in float32 and stored as the model is; or one adapter made of several.")
final class MergeCommand implements Callable<Integer> {
  private final Terminal terminal;
  @Mixin private ModelOptions model = new ModelOptions();

  @Option(names = "--output", required = true, paramLabel = "DIR")
  private Path output = Path.of("");

  @Option(
      names = "--unmerge",
      description = "take the adapter out of --model, in which it was merged")
  private boolean unmerge;

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
    CombinedAdapters several = CombinedAdapters.of(model.adapters());
    boolean combines = combination != null || several.isAsked();
    if (combines && (unmerge || model.scales())) {
      throw new UserException(
          "%s takes one adapter and no weight; several, or --adapter DIR=WEIGHT, become one adapter"
              .formatted(unmerge ? "--unmerge" : "--adapter-scale"));
    }
    if (combines) {
      AdapterMerge.Combination how =
          combination == null ? AdapterMerge.Combination.CAT : combination;
      int rank = several.write(model.model(), output, how, full, terminal);
      text.printf("combined: %s; %d adapters, rank %d%n", output, several.adapters().size(), rank);
      results.print(terminal, Map.of("output", output.toString(), "rank", rank));
      return 0;
    }
    if (unmerge) {
      unmerge(full.withAnyBase(true), text);
    } else {
      merge(full, text);
    }
    return 0;
  }

  private void merge(LoadOptions options, PrintStream text) throws IOException {
    try (ModelOptions.Loaded loaded = model.load(options, terminal)) {
      List<Adapter> active = loaded.active();
      if (active.isEmpty()) {
        throw new UserException(
            "nothing to merge; needed: --adapter DIR, or a PEFT folder as --model");
      }
      if (loaded.model().config().numLabels().isEmpty()) {
        requireNoHead(active);
      }
      Change change = new Change(loaded.model(), active, active, opened -> List.of());
      MergeCheck check = write(change, loaded.text(), generation(loaded), options);
      text.printf("merged: %s; %s%n", output, check);
      results.print(terminal, check.json(output));
    }
  }

  /** The model less what the adapter adds to it. */
  private void unmerge(LoadOptions options, PrintStream text) throws IOException {
    Path merged = model.model();
    if (ModelBundle.isAdapter(merged) || model.adapters().isEmpty()) {
      throw new UserException(
          "--unmerge needs a model that an adapter was merged in, and that adapter: --model MERGED --adapter DIR");
    }
    Path folder = Path.of(model.adapters().get(0));
    ModelOptions.requireFolder(folder);
    requireMerged(merged, folder);
    try (TransformerModel loaded = TransformerModel.load(merged, options)) {
      Adapter adapter = model.scaled(loaded.loadAdapter("adapter", folder));
      Change change =
          new Change(
              loaded,
              List.of(),
              List.of(adapter.scaled(-1)),
              opened -> List.of(model.scaled(opened.loadAdapter("adapter", folder))));
      GenerationConfig generation = GenerationConfig.read(merged, loaded.config());
      MergeCheck check = write(change, merged, generation, options);
      text.printf("unmerged: %s; %s%n", output, check);
      Map<String, Object> json = check.json(output);
      if (AdapterBase.read(folder).sha256().isPresent()) {
        boolean exact = BaseOrigin.read(output).fault(folder).isEmpty();
        json.put("bit_for_bit", exact);
        text.println(
            exact
                ? "its weights are bit for bit those that the adapter was made for"
                : "its weights are rounded otherwise than those that the adapter was made for; adapters of that base need --force-adapter on it");
      }
      results.print(terminal, json);
    }
  }

  /** The base itself has nothing to take out. */
  private static void requireMerged(Path merged, Path adapter) {
    Optional<String> base = AdapterBase.read(adapter).sha256();
    if (base.isPresent() && base.equals(BaseOrigin.read(merged).sha256())) {
      throw new UserException(
          "%s is the base that %s was made for; --unmerge needs the model in which it was merged"
              .formatted(merged, adapter));
    }
  }

  /**
   * What becomes of a model.
   *
   * @param before adapters that it is read with
   * @param folded adapters that go into its weights
   * @param after adapters that what was written is read with
   */
  private record Change(
      TransformerModel model,
      List<Adapter> before,
      List<Adapter> folded,
      Function<TransformerModel, List<Adapter>> after) {}

  /** Writes the changed model, unless it gives other logits than before. */
  private MergeCheck write(
      Change change, Path text, GenerationConfig generation, LoadOptions options)
      throws IOException {
    TransformerModel read = change.model();
    read.requireMergeable(change.folded());
    LogitProbe probe = LogitProbe.of(read.config());
    float[] before = probe.read(read, change.before());
    List<MergeCheck> checks = new ArrayList<>();
    try (TextTokenizer tokenizer = TextTokenizer.open(text)) {
      terminal.workBegins();
      AtomicFiles.DISK.writeDirectory(
          output,
          folder -> {
            read.saveMerged(folder, change.folded());
            tokenizer.copyFiles(folder);
            generation.write(folder);
            try (TransformerModel written = TransformerModel.load(folder, options)) {
              float[] after = probe.read(written, change.after().apply(written));
              checks.add(MergeCheck.of(before, after, written.config()));
            }
            checks.get(0).require();
          });
    }
    return checks.get(0);
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
}
