package org.plumbline.pipeline.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.plumbline.model.adapter.Adapter;
import org.plumbline.model.architecture.LoadOptions;
import org.plumbline.model.architecture.ModelBundle;
import org.plumbline.model.architecture.TransformerModel;
import org.plumbline.model.chat.ChatEncoder;
import org.plumbline.model.config.TransformerConfig;
import org.plumbline.model.safetensors.DType;
import org.plumbline.stage.UserException;
import picocli.CommandLine.Option;

/** Options of every command that loads a model. */
final class ModelOptions {
  @Option(
      names = "--model",
      required = true,
      paramLabel = "DIR",
      description = "Hugging Face folder, or a PEFT folder with its base")
  private Path model = Path.of("");

  @Option(
      names = "--adapter",
      paramLabel = "DIR",
      description =
          "PEFT folder to put on the model; in score and generate also NAME=DIR, once or more, for rows to choose by \"adapter\": NAME")
  private List<String> adapters = new ArrayList<>();

  @Option(
      names = "--dtype",
      paramLabel = "T",
      defaultValue = "float32",
      description = "float32, bfloat16 or auto (as stored)")
  private String dtype = "float32";

  @Option(
      names = "--device",
      paramLabel = "D",
      defaultValue = "auto",
      description = "auto, cpu or cuda:N")
  private String device = "auto";

  @Option(
      names = "--four-bit",
      description = "hold linear layers in four bits (NF4) and unpack each when it multiplies")
  private boolean fourBit;

  @Option(
      names = "--force-adapter",
      description = "take an adapter that was made for another base of the same shape")
  private boolean forceAdapter;

  @Option(
      names = "--adapter-scale",
      paramLabel = "S",
      description = "multiplies the effect of the adapter; 1 if absent, 0 is the base")
  private @Nullable Double adapterScale;

  /**
   * A loaded model without a chat template, which not every command needs.
   *
   * @param folder of the base model
   * @param text where tokenizer and template lie: the base's folder, or that of an adapter that
   *     brings its own
   */
  record Loaded(Path folder, Path text, TransformerModel model, List<Adapter> active)
      implements AutoCloseable {
    /** Opens tokenizer and template. */
    ChatEncoder encoder() {
      return text.equals(folder) ? ChatEncoder.open(folder) : ChatEncoder.open(text, folder);
    }

    /** The same with another tokenizer and template. */
    Loaded withText(Path other) {
      return new Loaded(folder, other, model, active);
    }

    @Override
    public void close() {
      model.close();
    }
  }

  Loaded load(Terminal terminal) {
    return load(options(), terminal);
  }

  /** Loaded in one way; warnings go to the terminal. */
  Loaded load(LoadOptions options, Terminal terminal) {
    return load(options, AdapterFlags.one(adapters), terminal);
  }

  /** The model without what {@code --adapter} says. */
  Loaded loadBase(Terminal terminal) {
    return load(options(), Optional.empty(), terminal);
  }

  private Loaded load(LoadOptions options, Optional<Path> adapter, Terminal terminal) {
    requireFolder(model);
    Path base = ModelBundle.baseOf(model);
    TransformerModel loaded =
        (base.equals(model) ? adapter : Optional.of(model))
            .filter(ModelBundle::isAdapter)
            .map(adapted -> TransformerModel.loadUnder(base, adapted, options))
            .orElseGet(() -> TransformerModel.load(base, options));
    try {
      List<Adapter> active = new ArrayList<>();
      if (!base.equals(model)) {
        active.add(put(loaded, "model", model, terminal));
      }
      Path text = ModelBundle.textFolder(base, model);
      if (adapter.isPresent()) {
        requireFolder(adapter.get());
        active.add(put(loaded, "adapter", adapter.get(), terminal));
        Path own = ModelBundle.textFolder(base, adapter.get());
        text = own.equals(base) ? text : own;
      }
      return new Loaded(base, text, loaded, scaled(active));
    } catch (RuntimeException e) {
      loaded.close();
      throw e;
    }
  }

  /** The last of them with the effect that was asked for. */
  private List<Adapter> scaled(List<Adapter> active) {
    if (adapterScale != null && active.isEmpty()) {
      throw new UserException("--adapter-scale %s needs --adapter DIR".formatted(adapterScale));
    }
    List<Adapter> all = new ArrayList<>(active);
    if (!all.isEmpty()) {
      all.set(all.size() - 1, scaled(all.get(all.size() - 1)));
    }
    return List.copyOf(all);
  }

  /** An adapter with the effect that was asked for. */
  Adapter scaled(Adapter adapter) {
    if (adapterScale == null) {
      return adapter;
    }
    if (!Double.isFinite(adapterScale)) {
      throw new UserException("--adapter-scale %s is no finite number".formatted(adapterScale));
    }
    return adapter.scaled(adapterScale);
  }

  /** Puts an adapter on a model, with a warning where it is forced there. */
  static Adapter put(TransformerModel model, String name, Path adapter, Terminal terminal) {
    Adapter loaded = model.loadAdapter(name, adapter);
    model.origin().fault(adapter).ifPresent(fault -> terminal.err().println("warning: " + fault));
    return loaded;
  }

  /** Loaded with its chat template. */
  ModelBundle bundle(Terminal terminal) {
    Loaded loaded = load(terminal);
    try {
      return new ModelBundle(loaded.folder(), loaded.model(), loaded.active(), loaded.encoder());
    } catch (RuntimeException e) {
      loaded.close();
      throw e;
    }
  }

  /** Whether an adapter's effect is multiplied. */
  boolean scales() {
    return adapterScale != null;
  }

  /** The base's folder. */
  Path model() {
    requireFolder(model);
    return model;
  }

  /** Every {@code --adapter} as it was written. */
  List<String> adapters() {
    return List.copyOf(adapters);
  }

  /** What is measured, for a file that says so. */
  void describe(ObjectNode about) {
    about.put("model", model.toString());
    AdapterFlags.one(adapters).ifPresent(adapter -> about.put("adapter", adapter.toString()));
    if (adapterScale != null) {
      about.put("adapter_scale", adapterScale);
    }
    about.put("dtype", options().compute().torchName());
  }

  LoadOptions options() {
    DType type =
        switch (dtype) {
          case "float32" -> DType.F32;
          case "bfloat16" -> DType.BF16;
          case "auto" -> {
            requireFolder(model);
            DType stored = TransformerConfig.read(ModelBundle.baseOf(model)).dtype();
            yield stored == DType.F32 ? DType.F32 : DType.BF16;
          }
          default ->
              throw new UserException(
                  "--dtype %s is unknown; needed: float32, bfloat16 or auto".formatted(dtype));
        };
    return new LoadOptions(type, false, device).withFourBit(fourBit).withAnyBase(forceAdapter);
  }

  static void requireBatch(int size) {
    if (size < 1) {
      throw new UserException("--batch-size %d must be at least 1".formatted(size));
    }
  }

  static void requireFolder(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new UserException(
          "%s is no folder; needed: a Hugging Face model folder (config.json, *.safetensors, tokenizer.json). Check the path."
              .formatted(folder));
    }
  }
}
