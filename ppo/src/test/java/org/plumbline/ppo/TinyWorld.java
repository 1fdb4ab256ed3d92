package org.plumbline.ppo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.plumbline.data.Prompt;
import org.plumbline.data.format.PromptReader;
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
import org.plumbline.stage.config.ConfigReader;
import org.plumbline.stage.config.LocatedYaml;
import org.plumbline.training.ModelArtifacts;

/**
 * A random policy, a random reward model of the same tokens, and prompts.
 *
 * @param policy a language model's folder
 * @param reward a sequence classifier's folder
 * @param prompts a .jsonl file of 40 prompts
 */
record TinyWorld(Path policy, Path reward, Path prompts) {
  static final LoadOptions FROZEN = new LoadOptions(DType.F32, false, "cpu");

  private static final List<String> WORDS =
      List.of("tea", "room", "key", "late", "early", "please", "thanks", "no", "yes", "sure");

  static TinyWorld write(Path folder) throws IOException {
    List<String> rows = new ArrayList<>();
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      texts.add(words(i));
      rows.add(
          "{\"prompt\":[{\"role\":\"user\",\"content\":\"guest %d: %s\"}]}".formatted(i, words(i)));
    }
    Path policy = model(folder.resolve("policy"), texts, 300, 3);
    Path prompts = Files.write(folder.resolve("prompts.jsonl"), rows, StandardCharsets.UTF_8);
    return new TinyWorld(policy, scorer(policy, folder.resolve("reward"), 4), prompts);
  }

  /** A model of narrow layers; its weights are made large enough for it to have preferences. */
  static Path model(Path folder, List<String> texts, int vocabulary, long seed) throws IOException {
    Files.createDirectories(folder);
    ByteLevelBpeTrainer.train(texts.iterator(), vocabulary, SpecialNames.CHAT_ML)
        .write(folder, SpecialNames.chatMl());
    SpecialIds ids = new SpecialIds(OptionalInt.empty(), List.of(2), OptionalInt.of(0));
    NewModels.llama(new LlamaSize(vocabulary, 32, 48, 2, 4, 2, 128, 10_000, true), ids)
        .write(folder);
    LoadOptions trained = new LoadOptions(DType.F32, true, "cpu");
    try (TransformerModel model =
            TransformerModel.create(TransformerConfig.read(folder), trained, seed);
        ChatEncoder encoder = ChatEncoder.open(folder)) {
      model
          .parameters()
          .forEach(
              p -> {
                if (p.isMatrix()) {
                  double factor = p.name().contains("embed") ? 12 : 6;
                  model.carrier().scale(List.of(p.value()), factor);
                }
              });
      ModelArtifacts.saveModel(model, encoder, folder);
    }
    return folder;
  }

  /** The same model with a random scalar head. */
  static Path scorer(Path model, Path folder, long seed) throws IOException {
    Files.createDirectories(folder);
    try (TransformerModel scorer = TransformerModel.loadAsScorer(model, FROZEN, seed);
        ChatEncoder encoder = ChatEncoder.open(model)) {
      ModelArtifacts.saveModel(scorer, encoder, folder);
    }
    return folder;
  }

  /** The PPO section as YAML, with further keys behind. */
  String yaml(String more) {
    return ("{policy: '%s', reward: '%s', prompts: '%s', lora: {rank: 4, alpha: 8}, batch_size: 8,"
            + " max_new_tokens: 6, evaluation_prompts: 4%s}")
        .formatted(policy, reward, prompts, more);
  }

  PpoConfig config(String more) {
    return parse(yaml(more));
  }

  static PpoConfig parse(String yaml) {
    return ConfigReader.read(PpoConfig.class, LocatedYaml.parse("test", yaml), "ppo");
  }

  List<Prompt> promptRows(int count) throws IOException {
    return PromptReader.read(prompts).rows().subList(0, count);
  }

  static String words(int seed) {
    StringBuilder text = new StringBuilder();
    for (int k = 0; k < 2 + seed * 7 % 5; k++) {
      text.append(k == 0 ? "" : " ").append(WORDS.get((seed * seed + 3 * k) % WORDS.size()));
    }
    return text.toString();
  }
}
