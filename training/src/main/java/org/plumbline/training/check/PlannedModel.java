package org.plumbline.training.check;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.plumbline.model.architecture.ModelBundle;
import org.plumbline.model.chat.ChatEncoder;
import org.plumbline.model.chat.TokenizerChanges;
import org.plumbline.model.config.TransformerConfig;
import org.plumbline.model.tokenizer.TextTokenizer;
import org.plumbline.stage.AtomicFiles;

/** What is known of a model before a stage has trained it: tokenizer, template and config. */
public final class PlannedModel {
  private static final String CONFIG = "config.json";
  private static final String GENERATION = "generation_config.json";

  private PlannedModel() {}

  /**
   * Writes those files of the model that a stage will leave, without weights.
   *
   * @param model a Hugging Face or PEFT folder from which the stage starts, or one that this method
   *     wrote
   * @param changes of its tokenizer by the stage
   */
  public static void write(Path model, TokenizerChanges changes, Path directory)
      throws IOException {
    Path base = ModelBundle.baseOf(model);
    changes.write(ModelBundle.textFolder(base, model), directory);
    Path generation = base.resolve(GENERATION);
    if (Files.isRegularFile(generation)) {
      Files.copy(generation, directory.resolve(GENERATION), StandardCopyOption.REPLACE_EXISTING);
    }
    TransformerConfig config = TransformerConfig.read(base);
    try (TextTokenizer tokenizer = TextTokenizer.open(directory)) {
      if (tokenizer.vocabSize() > config.vocabSize()) {
        config.withVocabSize(tokenizer.vocabSize()).write(directory);
      } else {
        Files.copy(
            base.resolve(CONFIG), directory.resolve(CONFIG), StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }

  /** Tokenizer and template as a stage on a model will have them. */
  public static ChatEncoder encoder(Path model, TokenizerChanges changes) throws IOException {
    if (changes.isNone()) {
      return ModelBundle.encoder(model);
    }
    Path scratch = Files.createTempDirectory("plumbline-check");
    try {
      write(model, changes, scratch);
      return ChatEncoder.open(scratch);
    } finally {
      AtomicFiles.DISK.deleteTree(scratch);
    }
  }
}
