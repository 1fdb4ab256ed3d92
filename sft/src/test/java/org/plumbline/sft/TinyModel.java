package org.plumbline.sft;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import org.plumbline.model.architecture.LoadOptions;
import org.plumbline.model.architecture.TransformerModel;
import org.plumbline.model.chat.ChatEncoder;
import org.plumbline.model.config.LlamaSize;
import org.plumbline.model.config.NewModels;
import org.plumbline.model.config.SpecialIds;
import org.plumbline.model.config.TransformerConfig;
import org.plumbline.model.safetensors.DType;
import org.plumbline.model.tokenizer.ByteLevelBpeTrainer;
import org.plumbline.model.tokenizer.SpecialNames;
import org.plumbline.training.ModelArtifacts;

/** A random llama of two narrow layers, and texts for it. */
final class TinyModel {
  /** Full training on the CPU in float32. */
  static final LoadOptions TRAINED = new LoadOptions(DType.F32, true, "cpu");

  private static final List<String> WORDS =
      List.of("tea", "room", "key", "late", "early", "please", "thanks", "no", "yes", "sure");

  private TinyModel() {}

  /** A folder with tokenizer, config and random weights. */
  static Path write(Path folder) throws IOException {
    Files.createDirectories(folder);
    ByteLevelBpeTrainer.train(answers(40).iterator(), 300, SpecialNames.CHAT_ML)
        .write(folder, SpecialNames.chatMl());
    SpecialIds ids = new SpecialIds(OptionalInt.empty(), List.of(2), OptionalInt.of(0));
    NewModels.llama(new LlamaSize(300, 32, 48, 2, 4, 2, 128, 10_000, true), ids).write(folder);
    try (TransformerModel model =
            TransformerModel.create(TransformerConfig.read(folder), TRAINED, 3);
        ChatEncoder encoder = ChatEncoder.open(folder)) {
      ModelArtifacts.saveModel(model, encoder, folder);
    }
    return folder;
  }

  /** Demonstrations of unequal lengths. */
  static Path demonstrations(Path file, int rows) throws IOException {
    List<String> lines = new ArrayList<>();
    List<String> answers = answers(rows);
    for (int i = 0; i < rows; i++) {
      lines.add(
          String.format(
              Locale.ROOT,
              "{\"prompt\":[{\"role\":\"user\",\"content\":\"guest %d asks for %s\"}],"
                  + "\"completion\":[{\"role\":\"assistant\",\"content\":\"%s\"}]}",
              i,
              WORDS.get(i * 3 % WORDS.size()),
              answers.get(i)));
    }
    return Files.write(file, lines, StandardCharsets.UTF_8);
  }

  private static List<String> answers(int rows) {
    List<String> answers = new ArrayList<>();
    for (int i = 0; i < rows; i++) {
      StringBuilder text = new StringBuilder();
      for (int k = 0; k < 2 + i * 7 % 5; k++) {
        text.append(k == 0 ? "" : " ").append(WORDS.get((i * i + 3 * k) % WORDS.size()));
      }
      answers.add(text.toString());
    }
    return answers;
  }
}
