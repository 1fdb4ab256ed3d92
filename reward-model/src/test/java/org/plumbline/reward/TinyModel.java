package org.plumbline.reward;

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

/** A random llama of two narrow layers, and pairs for it: the better answer says thanks. */
final class TinyModel {
  static final LoadOptions TRAINED = new LoadOptions(DType.F32, true, "cpu");
  static final LoadOptions FROZEN = new LoadOptions(DType.F32, false, "cpu");

  private static final List<String> WORDS =
      List.of("tea", "room", "key", "late", "early", "please", "thanks", "no", "yes", "sure");

  private TinyModel() {}

  /** A folder with tokenizer, config and random weights. */
  static Path write(Path folder) throws IOException {
    Files.createDirectories(folder);
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      texts.add(words(i) + " thanks");
    }
    ByteLevelBpeTrainer.train(texts.iterator(), 300, SpecialNames.CHAT_ML)
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

  /** Pairs of unequal lengths, two to a prompt. */
  static Path pairs(Path file, int rows) throws IOException {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < rows; i++) {
      lines.add(
          String.format(
              Locale.ROOT,
              "{\"prompt\":\"guest %d asks for %s\",\"chosen\":[%s],\"rejected\":[%s],\"margin\":%d}",
              i / 2,
              WORDS.get(i / 2 % WORDS.size()),
              turn(words(i) + " thanks"),
              turn(words(i * 5 + 1)),
              i % 3));
    }
    return Files.write(file, lines, StandardCharsets.UTF_8);
  }

  private static String turn(String text) {
    return "{\"role\":\"assistant\",\"content\":\"%s\"}".formatted(text);
  }

  static String words(int seed) {
    StringBuilder text = new StringBuilder();
    for (int k = 0; k < 2 + seed * 7 % 5; k++) {
      String word = WORDS.get((seed * seed + 3 * k) % WORDS.size());
      text.append(k == 0 ? "" : " ").append(word.equals("thanks") ? "yes" : word);
    }
    return text.toString();
  }
}
