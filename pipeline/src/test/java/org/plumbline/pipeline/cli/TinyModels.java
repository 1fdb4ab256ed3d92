package org.plumbline.pipeline.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.plumbline.model.adapter.AdapterMethod;
import org.plumbline.model.adapter.Lora;
import org.plumbline.model.architecture.LoadOptions;
import org.plumbline.model.architecture.TransformerModel;
import org.plumbline.model.config.GenerationConfig;
import org.plumbline.model.config.LlamaSize;
import org.plumbline.model.config.NewModels;
import org.plumbline.model.config.SpecialIds;
import org.plumbline.model.config.TransformerConfig;
import org.plumbline.model.tokenizer.ByteLevelBpeTrainer;
import org.plumbline.model.tokenizer.SpecialNames;
import org.plumbline.model.tokenizer.TextTokenizer;

/** Untrained models of a few thousand weights, in the folders that commands take. */
final class TinyModels {
  static {
    Cli.beforeTheEngineStarts();
  }

  static final int VOCABULARY = 300;

  private static final List<String> TEXTS =
      List.of(
          "May I use the pool? No booking. The pool closes at nine.",
          "You may use the pool until nine. I am sorry, the pool is for guests with a booking.");

  private TinyModels() {}

  /** A llama with a ChatML tokenizer. */
  static Path llama(Path folder, int hiddenSize) {
    TransformerConfig config = prepare(folder, hiddenSize);
    try (TransformerModel model = TransformerModel.create(config, LoadOptions.full(), 5)) {
      model.save(folder);
    }
    GenerationConfig.of(config.specialIds()).write(folder);
    return folder;
  }

  /** A llama with a scalar head. */
  static Path rewardModel(Path folder) {
    Path base = llama(folder.resolveSibling(folder.getFileName() + "-base"), 16);
    try (TransformerModel model = TransformerModel.loadAsScorer(base, LoadOptions.full(), 6)) {
      model.save(folder);
    }
    prepareTokenizer(folder);
    return folder;
  }

  /** A fresh adapter, which changes nothing yet. */
  static Path adapter(Path base, Path folder) {
    return adapter(base, folder, Lora.of(2, 4, 0, List.of(Lora.ALL_LINEAR)));
  }

  /** A fresh adapter of any method. */
  static Path adapter(Path base, Path folder, AdapterMethod method) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    try (TransformerModel model = TransformerModel.load(base, LoadOptions.frozen())) {
      model.saveAdapter(model.addAdapter("new", method, 0, 3), folder, base);
    }
    return folder;
  }

  private static TransformerConfig prepare(Path folder, int hiddenSize) {
    prepareTokenizer(folder);
    try (TextTokenizer tokenizer = TextTokenizer.open(folder)) {
      SpecialIds ids =
          new SpecialIds(
              OptionalInt.empty(),
              List.of(tokenizer.specialTokens().eos().orElseThrow().id()),
              OptionalInt.of(tokenizer.specialTokens().pad().orElseThrow().id()));
      LlamaSize size =
          new LlamaSize(
              tokenizer.vocabSize(), hiddenSize, 2 * hiddenSize, 1, 2, 2, 128, 10_000, true);
      return NewModels.llama(size, ids);
    }
  }

  private static void prepareTokenizer(Path folder) {
    ByteLevelBpeTrainer.train(TEXTS.iterator(), VOCABULARY, SpecialNames.CHAT_ML)
        .write(folder, SpecialNames.chatMl());
  }
}
