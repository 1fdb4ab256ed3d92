package org.plumbline.sft;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.plumbline.data.DataSplit;
import org.plumbline.data.Demonstration;
import org.plumbline.data.Message;
import org.plumbline.model.architecture.LoadOptions;
import org.plumbline.model.architecture.TransformerModel;
import org.plumbline.model.chat.ChatEncoder;
import org.plumbline.model.chat.EncodedDialogue;
import org.plumbline.model.config.LlamaSize;
import org.plumbline.model.config.NewModels;
import org.plumbline.model.config.SpecialIds;
import org.plumbline.model.config.TransformerConfig;
import org.plumbline.model.tokenizer.ByteLevelBpeTrainer;
import org.plumbline.model.tokenizer.SpecialNames;
import org.plumbline.model.tokenizer.TextTokenizer;
import org.plumbline.stage.RandomStreams;
import org.plumbline.stage.RunContext;
import org.plumbline.stage.Stage;
import org.plumbline.stage.StageInput;
import org.plumbline.stage.UserException;
import org.plumbline.stage.ValidationContext;
import org.plumbline.training.ModelArtifacts;
import org.plumbline.training.TrainingLoop;

/** Next-token training; leaves a Hugging Face folder. */
public final class PretrainStage implements Stage<PretrainConfig> {
  @Override
  public String kind() {
    return "pretrain";
  }

  @Override
  public Class<PretrainConfig> configType() {
    return PretrainConfig.class;
  }

  @Override
  public List<StageInput> inputs(PretrainConfig config) {
    return Stream.concat(
            Stream.of(new StageInput("data", config.data())),
            config.model().stream().map(model -> new StageInput("model", model)))
        .toList();
  }

  @Override
  public void validate(PretrainConfig config, ValidationContext context) {
    context.readAhead(config.data(), source -> texts(source, config, 0));
  }

  private static DataSplit<Demonstration> texts(Path source, PretrainConfig config, long seed)
      throws IOException {
    DataSplit<Demonstration> texts = TrainingTexts.corpus(source, config.validationShare(), seed);
    if (texts.train().isEmpty()) {
      throw new UserException("data=%s holds no text to learn from".formatted(config.data()));
    }
    return texts;
  }

  @Override
  public Map<String, Object> run(PretrainConfig config, RunContext context) throws IOException {
    DataSplit<Demonstration> texts = texts(context.resolve(config.data()), config, context.seed());
    LoadOptions options = ModelArtifacts.options(config.dtype(), true, context.device());
    Path start = config.model().map(context::resolve).orElse(context.directory());
    if (config.model().isEmpty()) {
      newTokenizer(config, texts.train(), context);
    }
    try (TransformerModel model =
            config.model().isPresent()
                ? TransformerModel.load(start, options)
                : TransformerModel.create(
                    TransformerConfig.read(start),
                    options,
                    RandomStreams.address(context.seed(), "pretrain.weights"));
        ChatEncoder encoder = ChatEncoder.open(start)) {
      return train(config, context, texts, model, encoder);
    }
  }

  private static Map<String, Object> train(
      PretrainConfig config,
      RunContext context,
      DataSplit<Demonstration> texts,
      TransformerModel model,
      ChatEncoder encoder)
      throws IOException {
    LanguageModelObjective objective =
        new LanguageModelObjective(model, List.of(), config.training().rowsAtOnce());
    long parameters = model.parameters().stream().mapToLong(p -> p.size()).sum();
    List<EncodedDialogue> rows = rows(texts.train(), encoder, config.maxLength());
    context.say(
        "%s: %,d parameters, vocabulary %,d, %,d rows"
            .formatted(context.stageName(), parameters, model.config().vocabSize(), rows.size()));
    try (TrainingLoop<EncodedDialogue> loop =
        new TrainingLoop<>(
            config.training(),
            model,
            objective,
            context,
            rows,
            rows(texts.validation(), encoder, config.maxLength()))) {
      Map<String, Object> summary = new LinkedHashMap<>(loop.run());
      summary.put("parameters", parameters);
      ModelArtifacts.saveModel(model, encoder, context.directory());
      return summary;
    }
  }

  /** Trains the tokenizer and writes it with the new model's config into the stage's directory. */
  private static void newTokenizer(
      PretrainConfig config, List<Demonstration> texts, RunContext context) {
    NewModelConfig size = config.size();
    Stream<String> lines =
        texts.stream()
            .flatMap(
                text ->
                    Stream.concat(
                        text.prompt().messages().stream()
                            .flatMap((Message m) -> Stream.of(m.role() + "\n", m.content())),
                        Stream.of("assistant\n", text.answer())));
    ByteLevelBpeTrainer.train(lines.iterator(), size.vocabSize(), SpecialNames.CHAT_ML)
        .write(context.directory(), SpecialNames.chatMl());
    try (TextTokenizer tokenizer = TextTokenizer.open(context.directory())) {
      SpecialIds ids =
          new SpecialIds(
              OptionalInt.empty(),
              List.of(tokenizer.specialTokens().eos().orElseThrow().id()),
              OptionalInt.of(tokenizer.specialTokens().pad().orElseThrow().id()));
      NewModels.llama(
              new LlamaSize(
                  tokenizer.vocabSize(),
                  size.hiddenSize(),
                  size.mlp(),
                  size.layers(),
                  size.heads(),
                  size.kvHeads() > 0 ? size.kvHeads() : size.heads(),
                  size.maxPositions(),
                  10_000,
                  true),
              ids)
          .write(context.directory());
    }
  }

  /** Every token carries loss; long texts are cut into rows. */
  private static List<EncodedDialogue> rows(
      List<Demonstration> texts, ChatEncoder encoder, int maxLength) {
    List<EncodedDialogue> rows = new ArrayList<>();
    for (Demonstration text : texts) {
      int[] ids =
          text.isText()
              ? encoder.dialogue(List.of(), text.answer()).ids()
              : encoder.dialogue(ModelArtifacts.messages(text.prompt()), text.answer()).ids();
      for (int from = 0; from < ids.length; from += maxLength) {
        int[] piece = Arrays.copyOfRange(ids, from, Math.min(from + maxLength, ids.length));
        if (piece.length > 1) {
          boolean[] loss = new boolean[piece.length];
          Arrays.fill(loss, true);
          rows.add(new EncodedDialogue(piece, loss));
        }
      }
    }
    return rows;
  }
}
