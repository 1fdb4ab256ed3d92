package org.plumbline.sft;

import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.plumbline.data.Demonstration;
import org.plumbline.model.config.LlamaSize;
import org.plumbline.model.config.NewModels;
import org.plumbline.model.config.SpecialIds;
import org.plumbline.model.config.TransformerConfig;
import org.plumbline.model.tokenizer.ByteLevelBpeTrainer;
import org.plumbline.model.tokenizer.SpecialNames;
import org.plumbline.model.tokenizer.TextTokenizer;

/** A model that does not exist yet: a tokenizer trained on its texts, and its config. */
final class NewModel {
  private NewModel() {}

  /** Trains the tokenizer and writes it with the new model's config into a directory. */
  static void write(NewModelConfig size, List<Demonstration> texts, Path directory) {
    Stream<String> lines = texts.stream().flatMap(NewModel::lines);
    ByteLevelBpeTrainer.train(lines.iterator(), size.vocabSize(), SpecialNames.CHAT_ML)
        .write(directory, SpecialNames.chatMl());
    try (TextTokenizer tokenizer = TextTokenizer.open(directory)) {
      SpecialIds ids =
          new SpecialIds(
              OptionalInt.empty(),
              List.of(tokenizer.specialTokens().eos().orElseThrow().id()),
              OptionalInt.of(tokenizer.specialTokens().pad().orElseThrow().id()));
      config(size, tokenizer.vocabSize(), ids).write(directory);
    }
  }

  /** The model's config over a tokenizer of so many tokens. */
  static TransformerConfig config(NewModelConfig size, int vocabulary, SpecialIds ids) {
    return NewModels.llama(
        new LlamaSize(
            vocabulary,
            size.hiddenSize(),
            size.mlp(),
            size.layers(),
            size.heads(),
            size.kvHeads() > 0 ? size.kvHeads() : size.heads(),
            size.maxPositions(),
            10_000,
            true),
        ids);
  }

  private static Stream<String> lines(Demonstration text) {
    if (text.isText()) {
      return Stream.of(text.answer());
    }
    return Stream.concat(
        text.prompt().messages().stream()
            .flatMap(message -> Stream.of(message.role() + "\n", message.content())),
        Stream.of("assistant\n", text.answer()));
  }
}
