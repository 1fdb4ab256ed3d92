package org.plumbline.sft.classify;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.plumbline.data.tasks.LabelledText;
import org.plumbline.data.world.SampleWorldStage;
import org.plumbline.data.world.WorldTasks;
import org.plumbline.data.world.language.WorldSplit;
import org.plumbline.model.architecture.LoadOptions;
import org.plumbline.model.architecture.TransformerModel;
import org.plumbline.model.chat.ChatEncoder;
import org.plumbline.model.config.Head;
import org.plumbline.model.config.LlamaSize;
import org.plumbline.model.config.NewModels;
import org.plumbline.model.config.SpecialIds;
import org.plumbline.model.config.TransformerConfig;
import org.plumbline.model.safetensors.DType;
import org.plumbline.model.tokenizer.ByteLevelBpeTrainer;
import org.plumbline.model.tokenizer.SpecialNames;
import org.plumbline.model.tokenizer.TextTokenizer;
import org.plumbline.testing.TestRun;
import org.plumbline.training.ModelArtifacts;

/** A small sample world, and models of random weights for its words. */
final class TinyWorld {
  private static final LoadOptions TRAINED = new LoadOptions(DType.F32, true, "cpu");

  private TinyWorld() {}

  /** A world of this many training requests. */
  static Path write(Path folder, int prompts) throws IOException {
    new TestRun(folder)
        .run(
            new SampleWorldStage(),
            "{corpus: 1, demonstrations: 10, pairs: 10, test_pairs: 1, prompts: %d, validation_prompts: 60, test_prompts: 200}"
                .formatted(prompts));
    return folder;
  }

  /** A llama of two narrow layers. */
  static Path decoder(Path folder, Path world) throws IOException {
    Files.createDirectories(folder);
    List<String> texts = new ArrayList<>();
    for (LabelledText row : WorldTasks.intents(world, WorldSplit.TRAIN)) {
      texts.add(row.text());
    }
    ByteLevelBpeTrainer.train(texts.iterator(), 512, SpecialNames.CHAT_ML)
        .write(folder, SpecialNames.chatMl());
    SpecialIds ids = new SpecialIds(OptionalInt.empty(), List.of(2), OptionalInt.of(0));
    int vocabulary;
    try (TextTokenizer tokenizer = TextTokenizer.open(folder)) {
      vocabulary = tokenizer.vocabSize();
    }
    NewModels.llama(new LlamaSize(vocabulary, 64, 128, 2, 4, 4, 128, 10_000, true), ids)
        .write(folder);
    try (TransformerModel model =
            TransformerModel.create(TransformerConfig.read(folder), TRAINED, 3);
        ChatEncoder encoder = ChatEncoder.open(folder)) {
      ModelArtifacts.saveModel(model, encoder, folder);
    }
    return folder;
  }

  /** A BERT of two narrow layers under the head of a masked language model. */
  static Path encoder(Path folder, Path world) throws IOException {
    Files.createDirectories(folder);
    NewEncoderConfig size = new NewEncoderConfig(512, 64, 128, 2, 4, 96);
    TransformerConfig config =
        NewEncoder.write(
                folder,
                size,
                WorldTasks.intents(world, WorldSplit.TRAIN).stream()
                    .map(LabelledText::text)
                    .iterator())
            .withHead(Head.MASKED_LANGUAGE_MODEL, List.of());
    try (TransformerModel model = TransformerModel.create(config, TRAINED, 3)) {
      model.save(folder);
    }
    return folder;
  }
}
