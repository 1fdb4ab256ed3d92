package org.plumbline.model.architecture;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.plumbline.model.ModelFormatException;
import org.plumbline.model.adapter.Adapter;
import org.plumbline.model.chat.ChatEncoder;
import org.plumbline.model.tokenizer.TextTokenizer;
import org.plumbline.model.tokenizer.TokenAdder;

/**
 * A model as an artifact holds it: a Hugging Face folder, or a PEFT folder with the base it names.
 *
 * @param base folder of the base model
 * @param active the folder's adapter, none for a full model
 * @param encoder the folder's tokenizer and template
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

  /** The adapter's own tokenizer where it knows more tokens than the base's. */
  private static ChatEncoder encoder(Path base, Path adapter) {
    ChatEncoder plain = ChatEncoder.open(base);
    if (!isAdapter(adapter) || !Files.isRegularFile(adapter.resolve("tokenizer.json"))) {
      return plain;
    }
    ChatEncoder own = ChatEncoder.open(adapter, base);
    boolean more = own.tokenizer().vocabSize() > plain.tokenizer().vocabSize();
    (more ? plain : own).close();
    return more ? own : plain;
  }

  /**
   * A base model with more special tokens: its tokenizer with them is written into a directory, and
   * its embeddings get a row for each.
   *
   * @param tokens those that the tokenizer has already are passed over
   * @param directory where the files of the new tokenizer go
   */
  public static ModelBundle withTokens(
      Path base, List<String> tokens, Path directory, LoadOptions options) {
    try (TextTokenizer tokenizer = TextTokenizer.open(base)) {
      TokenAdder.add(tokenizer, tokens, directory);
    }
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
    JsonNode json;
    try {
      json = new ObjectMapper().readTree(file.toFile());
    } catch (IOException e) {
      throw new ModelFormatException("%s is not valid JSON: %s".formatted(file, e.getMessage()), e);
    }
    String name = json.path("base_model_name_or_path").asText("");
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
