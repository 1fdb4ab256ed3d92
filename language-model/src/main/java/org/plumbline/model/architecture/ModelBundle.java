package org.plumbline.model.architecture;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.plumbline.model.ModelFormatException;
import org.plumbline.model.adapter.Adapter;
import org.plumbline.model.adapter.AdapterBase;
import org.plumbline.model.chat.ChatEncoder;
import org.plumbline.model.chat.ChatTemplates;
import org.plumbline.model.chat.TokenizerChanges;
import org.plumbline.model.tokenizer.TextTokenizer;

/**
 * A model as an artifact holds it: a Hugging Face folder, or a PEFT folder with the base it names.
 *
 * @param base folder of the base model
 * @param active the folder's adapter, none for a full model
 * @param encoder its tokenizer and template
 */
public record ModelBundle(
    Path base, TransformerModel model, List<Adapter> active, ChatEncoder encoder)
    implements AutoCloseable {
  private static final String ADAPTER_CONFIG = "adapter_config.json";

  public ModelBundle {
    active = List.copyOf(active);
  }

  /**
   * Opens a folder of either kind.
   *
   * @param options {@code trained} refers to the base; it must be false for a PEFT folder
   * @throws ModelFormatException naming what is missing or does not fit
   */
  public static ModelBundle open(Path folder, LoadOptions options) {
    Path base = baseOf(folder);
    TransformerModel model =
        isAdapter(folder)
            ? TransformerModel.loadUnder(base, folder, options)
            : TransformerModel.load(base, options);
    try {
      List<Adapter> active =
          isAdapter(folder) ? List.of(model.loadAdapter("loaded", folder)) : List.of();
      return new ModelBundle(base, model, active, encoder(base, folder));
    } catch (RuntimeException e) {
      model.close();
      throw e;
    }
  }

  /** A base model with one adapter of another folder. */
  public static ModelBundle with(Path base, Path adapter, LoadOptions options) {
    TransformerModel model = TransformerModel.loadUnder(base, adapter, options);
    try {
      return new ModelBundle(
          base, model, List.of(model.loadAdapter("loaded", adapter)), encoder(base, adapter));
    } catch (RuntimeException e) {
      model.close();
      throw e;
    }
  }

  private static ChatEncoder encoder(Path base, Path adapter) {
    Path folder = textFolder(base, adapter);
    return folder.equals(base) ? ChatEncoder.open(base) : ChatEncoder.open(folder, base);
  }

  /** The tokenizer and template of a folder of either kind, without its weights. */
  public static ChatEncoder encoder(Path folder) {
    return encoder(baseOf(folder), folder);
  }

  /**
   * Where the tokenizer and template of a model lie: in the adapter's folder where its tokenizer
   * knows more tokens than the base's or has a chat template, else in the base's.
   */
  public static Path textFolder(Path base, Path adapter) {
    if (!isAdapter(adapter) || !Files.isRegularFile(adapter.resolve("tokenizer.json"))) {
      return base;
    }
    if (ChatTemplates.hasOwn(adapter)) {
      return adapter;
    }
    try (TextTokenizer plain = TextTokenizer.open(base);
        TextTokenizer own = TextTokenizer.open(adapter)) {
      return own.vocabSize() > plain.vocabSize() ? adapter : base;
    }
  }

  /**
   * A base model under changed tokenizer files: they are written into a directory, and the model's
   * embeddings get a row for each new token.
   *
   * @param directory where the files of the new tokenizer go
   * @throws ModelFormatException where the folder cannot have the changes
   */
  public static ModelBundle changed(
      Path base, TokenizerChanges changes, Path directory, LoadOptions options) {
    changes.write(base, directory);
    ChatEncoder encoder = ChatEncoder.open(directory, base);
    try {
      int vocabulary = encoder.tokenizer().vocabSize();
      return new ModelBundle(
          base, TransformerModel.load(base, options, vocabulary), List.of(), encoder);
    } catch (RuntimeException e) {
      encoder.close();
      throw e;
    }
  }

  /** True for a PEFT folder. */
  public static boolean isAdapter(Path folder) {
    return Files.isRegularFile(folder.resolve(ADAPTER_CONFIG));
  }

  /**
   * The base model's folder: the folder itself, or what its adapter names, looked for from the
   * working directory and from the adapter's folder.
   */
  public static Path baseOf(Path folder) {
    if (!isAdapter(folder)) {
      return folder;
    }
    Path file = folder.resolve(ADAPTER_CONFIG);
    String name = AdapterBase.read(folder).name();
    for (Path candidate : List.of(Path.of(name), folder.resolve(name).normalize())) {
      if (!name.isEmpty() && Files.isRegularFile(candidate.resolve("config.json"))) {
        return candidate;
      }
    }
    throw new ModelFormatException(
        "%s: base_model_name_or_path=%s is no model folder, neither from the working directory nor from %s"
            .formatted(file, name, folder));
  }

  @Override
  public void close() {
    encoder.close();
    model.close();
  }
}
