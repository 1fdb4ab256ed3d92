package org.plumbline.sft;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import org.plumbline.model.architecture.LoadOptions;
import org.plumbline.model.architecture.TokenLoss;
import org.plumbline.model.architecture.TransformerModel;
import org.plumbline.model.chat.ChatEncoder;
import org.plumbline.model.chat.EncodedDialogue;
import org.plumbline.model.config.SpecialIds;
import org.plumbline.model.config.TransformerConfig;
import org.plumbline.model.tensor.Parameter;
import org.plumbline.stage.RandomStreams;
import org.plumbline.stage.RunContext;
import org.plumbline.stage.StageInput;
import org.plumbline.stage.ValidationContext;
import org.plumbline.training.ModelArtifacts;
import org.plumbline.training.TrainingConfig;
import org.plumbline.training.TrainingLoop;
import org.plumbline.training.TuningMethod;
import org.plumbline.training.TuningSettings;
import org.plumbline.training.check.CheckedRows;
import org.plumbline.training.check.CheckedStage;
import org.plumbline.training.check.EndTokens;
import org.plumbline.training.memory.PlannedStage;
import org.plumbline.training.memory.StageMemory;
import org.plumbline.training.memory.TrainingShape;

/** Next-token training; leaves a Hugging Face folder. */
public final class PretrainStage
    implements CheckedStage<PretrainConfig>, PlannedStage<PretrainConfig> {
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
    List<StageInput> inputs = new ArrayList<>();
    for (int i = 0; i < config.trained().size(); i++) {
      inputs.add(new StageInput(PretrainTexts.key(config, i), config.trained().get(i).path()));
    }
    config.replay().ifPresent(replay -> inputs.add(new StageInput("replay.data", replay.data())));
    for (HeldOutConfig set : config.heldOut()) {
      inputs.add(new StageInput("held_out." + set.name(), set.data()));
    }
    config.model().ifPresent(model -> inputs.add(new StageInput("model", model)));
    return inputs;
  }

  @Override
  public void validate(PretrainConfig config, ValidationContext context) {
    for (int i = 0; i < config.trained().size(); i++) {
      int source = i;
      context.readAhead(
          config.trained().get(i).path(), place -> PretrainTexts.source(config, source, place, 0));
    }
    config
        .replay()
        .ifPresent(
            replay ->
                context.readAhead(replay.data(), place -> PretrainTexts.replay(config, place, 0)));
    for (HeldOutConfig set : config.heldOut()) {
      context.readAhead(set.data(), place -> PretrainTexts.heldOut(config, set, place, 0));
    }
  }

  @Override
  public List<StageInput> checkedInputs(PretrainConfig config) {
    return inputs(config).stream()
        .filter(input -> !input.key().startsWith("replay") && !input.key().startsWith("held_out"))
        .toList();
  }

  @Override
  public Optional<String> tokenizerFrom(PretrainConfig config) {
    return config.model();
  }

  @Override
  public CheckedRows check(PretrainConfig config, Function<String, Path> resolve, long seed)
      throws IOException {
    return PretrainCheck.of(config, resolve, seed);
  }

  @Override
  public TransformerConfig leaves(
      PretrainConfig config, Function<String, TransformerConfig> models) {
    return config
        .model()
        .map(models)
        .orElseGet(
            () ->
                NewModel.config(
                    config.size(),
                    config.size().vocabSize(),
                    new SpecialIds(OptionalInt.empty(), List.of(), OptionalInt.empty())));
  }

  @Override
  public StageMemory memory(PretrainConfig config, Function<String, TransformerConfig> models) {
    TrainingConfig training = config.training();
    return StageMemory.of(
        TrainingShape.ofRows(
                leaves(config, models),
                TuningSettings.of(TuningMethod.FULL, false),
                config.dtype().dtype(),
                training,
                config.maxLength())
            .with(
                config.documentPacking() == DocumentPacking.WHOLE,
                training.keepBest() && config.validationShare() > 0),
        false);
  }

  @Override
  public Map<String, Object> run(PretrainConfig config, RunContext context) throws IOException {
    PretrainTexts texts = PretrainTexts.read(config, context::resolve, context.seed());
    LoadOptions options = ModelArtifacts.options(config.dtype(), true, context.device());
    Path start = config.model().map(context::resolve).orElse(context.directory());
    if (config.model().isEmpty()) {
      NewModel.write(config.size(), texts.learned(), context.directory());
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
      PretrainTexts texts,
      TransformerModel model,
      ChatEncoder encoder)
      throws IOException {
    PretrainRows rows = PretrainRows.of(config, texts, encoder, context.seed());
    rows.shares().forEach(line -> context.say(context.stageName() + ": " + line));
    EndTokens ends = EndTokens.of(rows.train(), encoder);
    ends.fault().ifPresent(fault -> context.warn(context.stageName() + ": " + fault));
    int packTo = config.documentPacking() == DocumentPacking.WHOLE ? config.maxLength() : 0;
    int rowsAtOnce = config.training().rowsAtOnce();
    LanguageModelObjective objective =
        new LanguageModelObjective(
            model, List.of(), new BatchOptions(rowsAtOnce, packTo, Set.of(), TokenLoss.NLL));
    long parameters = model.parameters().stream().mapToLong(Parameter::size).sum();
    context.say(
        "%s: %,d parameters, vocabulary %,d, %,d rows"
            .formatted(
                context.stageName(), parameters, model.config().vocabSize(), rows.train().size()));
    HeldOutSets heldOut =
        new HeldOutSets(
            rows.heldOut(), new SequenceLosses(model, List.of(), rowsAtOnce), context.directory());
    try (TrainingLoop<EncodedDialogue> loop =
        new TrainingLoop<>(
            config.training(), model, objective, context, rows.train(), rows.validation())) {
      if (!config.heldOut().isEmpty()) {
        loop.beside(heldOut);
      }
      Map<String, Object> summary = new LinkedHashMap<>(loop.run());
      summary.put("parameters", parameters);
      summary.put("eos_trained", ends.trained());
      rows.replay().ifPresent(replay -> summary.putAll(replay.summary()));
      if (!config.heldOut().isEmpty()) {
        summary.putAll(heldOut.finish(((Number) summary.getOrDefault("steps", 0)).longValue()));
      }
      ModelArtifacts.saveModel(model, encoder, context.directory());
      return summary;
    }
  }
}
