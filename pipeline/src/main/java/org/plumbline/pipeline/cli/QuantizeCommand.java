package org.plumbline.pipeline.cli;

import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.plumbline.model.architecture.ModelBundle;
import org.plumbline.model.architecture.ModelQuantizer;
import org.plumbline.model.config.GenerationConfig;
import org.plumbline.model.config.TransformerConfig;
import org.plumbline.model.engine.Engine;
import org.plumbline.model.quantization.Quantizer;
import org.plumbline.model.quantization.Scheme;
import org.plumbline.model.safetensors.WeightFolder;
import org.plumbline.model.tensor.TensorCarrier;
import org.plumbline.model.tokenizer.TextTokenizer;
import org.plumbline.stage.AtomicFiles;
import org.plumbline.stage.ConsoleProgress;
import org.plumbline.stage.Progress;
import org.plumbline.stage.UserException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code plumbline quantize}. */
@Command(
    name = "quantize",
    mixinStandardHelpOptions = true,
    description =
        "Write a model with its linear layers in 4 or 8 bits, as bitsandbytes packs them.")
final class QuantizeCommand implements Callable<Integer> {
  private static final int MEBIBYTE = 1 << 20;

  private final Terminal terminal;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "DIR",
      description = "Hugging Face folder in float32, float16 or bfloat16")
  private Path model = Path.of("");

  @Option(names = "--scheme", required = true, paramLabel = "S", description = "nf4 or int8")
  private String scheme = "";

  @Option(
      names = "--no-double-quant",
      description = "keep the scales of 4-bit blocks in float32 (4.5 bits a weight, not 4.13)")
  private boolean plain;

  @Option(names = "--output", required = true, paramLabel = "DIR")
  private Path output = Path.of("");

  @Option(
      names = "--device",
      paramLabel = "D",
      defaultValue = "auto",
      description = "auto, cpu or cuda:N")
  private String device = "auto";

  @Mixin private ResultOptions results = new ResultOptions();

  private ModelQuantizer.@Nullable Result result;

  QuantizeCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    results.text(terminal);
    Scheme chosen = scheme();
    TransformerConfig config = source();
    try (NDManager manager = Engine.manager(device);
        TensorCarrier carrier = new TensorCarrier(manager);
        Quantizer quantizer = new Quantizer(manager);
        TextTokenizer tokenizer = TextTokenizer.open(model)) {
      ModelQuantizer packer = new ModelQuantizer(manager, carrier, quantizer, chosen, !plain);
      GenerationConfig generation = GenerationConfig.read(model, config);
      terminal.workBegins();
      AtomicFiles.DISK.writeDirectory(
          output,
          folder -> {
            write(packer, folder);
            tokenizer.copyFiles(folder);
            generation.write(folder);
          });
    }
    show(chosen);
    return 0;
  }

  private Scheme scheme() {
    Scheme chosen =
        Scheme.of(scheme)
            .filter(known -> known != Scheme.FP4)
            .orElseThrow(
                () ->
                    new UserException(
                        "--scheme %s is unknown; needed: nf4 or int8".formatted(scheme)));
    if (plain && !chosen.fourBit()) {
      throw new UserException(
          "--no-double-quant says how scales of 4-bit blocks are kept; %s has one scale per row. Leave it out"
              .formatted(scheme));
    }
    return chosen;
  }

  /** Everything that may be refused is looked at before anything is written. */
  private TransformerConfig source() {
    if (Files.exists(output)) {
      throw new UserException(output + " exists already; give a folder that does not");
    }
    ModelOptions.requireFolder(model);
    if (ModelBundle.isAdapter(model)) {
      throw new UserException(
          "%s is an adapter; quantise its base, or merge it first: plumbline merge"
              .formatted(model));
    }
    TransformerConfig config = ModelQuantizer.source(model);
    WeightFolder.open(model).close();
    return config;
  }

  private void write(ModelQuantizer packer, Path folder) throws IOException {
    try (Tracker tracker = new Tracker()) {
      result = packer.write(model, folder, tracker);
    }
  }

  /** Mebibytes read, shown once their number is known. */
  private final class Tracker implements ModelQuantizer.Watcher, AutoCloseable {
    private @Nullable Progress progress;

    @Override
    public void at(long done, long total, String tensor) {
      if (progress == null) {
        progress = ConsoleProgress.start("quantize, MiB read", mebibytes(total), terminal.err());
      }
      progress.to(mebibytes(done), tensor);
    }

    private static long mebibytes(long bytes) {
      return (bytes + MEBIBYTE - 1) / MEBIBYTE;
    }

    @Override
    public void close() {
      if (progress != null) {
        progress.close();
      }
    }
  }

  private void show(Scheme chosen) {
    ModelQuantizer.Result done = Objects.requireNonNull(result);
    results
        .text(terminal)
        .printf(
            "quantized: %s; %d linear layers in %s, %.1f MiB of weights instead of %.1f%n",
            output,
            done.packed(),
            chosen.label(),
            done.bytesAfter() / (double) MEBIBYTE,
            done.bytesBefore() / (double) MEBIBYTE);
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("output", output.toString());
    json.put("scheme", chosen.label());
    json.put("double_quant", chosen.fourBit() && !plain);
    json.put("packed_weights", done.packed());
    json.put("bytes_before", done.bytesBefore());
    json.put("bytes_after", done.bytesAfter());
    results.print(terminal, json);
  }
}
