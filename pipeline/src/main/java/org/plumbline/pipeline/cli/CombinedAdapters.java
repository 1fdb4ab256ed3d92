package org.plumbline.pipeline.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.plumbline.model.adapter.Adapter;
import org.plumbline.model.adapter.AdapterMerge;
import org.plumbline.model.adapter.Lora;
import org.plumbline.model.architecture.LoadOptions;
import org.plumbline.model.architecture.ModelBundle;
import org.plumbline.model.architecture.TransformerModel;
import org.plumbline.model.tokenizer.TextTokenizer;
import org.plumbline.stage.AtomicFiles;
import org.plumbline.stage.UserException;

/** One adapter's folder out of several with weights. */
record CombinedAdapters(List<Weighted> adapters) {
  private static final Pattern WEIGHTED = Pattern.compile("(.+)=([-+]?[0-9.]+(?:[eE][-+]?\\d+)?)");

  /**
   * An adapter's folder with its share.
   *
   * @param given whether the share was written
   */
  record Weighted(Path folder, double weight, boolean given) {}

  /** From the command line: DIR or DIR=WEIGHT each. */
  static CombinedAdapters of(List<String> written) {
    return new CombinedAdapters(written.stream().map(CombinedAdapters::weighted).toList());
  }

  private static Weighted weighted(String written) {
    Matcher parts = WEIGHTED.matcher(written);
    boolean given = !Files.isDirectory(Path.of(written)) && parts.matches();
    try {
      return given
          ? new Weighted(Path.of(parts.group(1)), Double.parseDouble(parts.group(2)), true)
          : new Weighted(Path.of(written), 1, false);
    } catch (NumberFormatException e) {
      throw new UserException("--adapter %s: the weight is no number".formatted(written), e);
    }
  }

  /** Whether there is more than one, or a share. */
  boolean isAsked() {
    return adapters.size() > 1 || adapters.stream().anyMatch(Weighted::given);
  }

  /**
   * Writes the adapter, with tokenizer and template.
   *
   * @param output a folder that is not there yet
   * @return its rank
   */
  int write(
      Path base, Path output, AdapterMerge.Combination how, LoadOptions options, Terminal terminal)
      throws IOException {
    if (ModelBundle.isAdapter(base)) {
      throw new UserException(
          "--model %s is an adapter; to combine adapters, give their base as --model and each of them as --adapter DIR=WEIGHT"
              .formatted(base));
    }
    if (adapters.isEmpty()) {
      throw new UserException("nothing to combine; needed: --adapter DIR=WEIGHT, once or more");
    }
    try (TransformerModel model = TransformerModel.load(base, options)) {
      List<AdapterMerge.Weighted> loaded = new ArrayList<>();
      for (Weighted one : adapters) {
        ModelOptions.requireFolder(one.folder());
        String name = "%s (%d)".formatted(one.folder(), loaded.size() + 1);
        loaded.add(
            new AdapterMerge.Weighted(
                ModelOptions.put(model, name, one.folder(), terminal), one.weight()));
      }
      Adapter combined = model.combine("combined", loaded, how);
      terminal.workBegins();
      AtomicFiles.DISK.writeDirectory(
          output,
          folder -> {
            model.saveAdapter(combined, folder, base);
            try (TextTokenizer tokenizer = TextTokenizer.open(textFolder(base))) {
              tokenizer.copyFiles(folder);
            }
          });
      return ((Lora) combined.method()).rank();
    }
  }

  /**
   * Where the first adapter that brings a tokenizer or template of its own has it, else the base.
   */
  private Path textFolder(Path base) {
    return adapters.stream()
        .map(one -> ModelBundle.textFolder(base, one.folder()))
        .filter(folder -> !folder.equals(base))
        .findFirst()
        .orElse(base);
  }
}
