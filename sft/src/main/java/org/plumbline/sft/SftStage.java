package org.plumbline.sft;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.plumbline.data.DataSplit;
import org.plumbline.data.Demonstration;
import org.plumbline.model.adapter.Adapter;
import org.plumbline.model.adapter.Extras;
import org.plumbline.model.architecture.LoadOptions;
import org.plumbline.model.architecture.ModelBundle;
import org.plumbline.model.chat.ChatEncoder;
import org.plumbline.model.chat.EncodedDialogue;
import org.plumbline.model.chat.TokenizerChanges;
import org.plumbline.model.config.TransformerConfig;
import org.plumbline.model.tensor.Parameter;
import org.plumbline.stage.RandomStreams;
import org.plumbline.stage.RunContext;
import org.plumbline.stage.StageInput;
import org.plumbline.stage.UserException;
import org.plumbline.stage.ValidationContext;
import org.plumbline.training.ModelArtifacts;
import org.plumbline.training.TrainingConfig;
import org.plumbline.training.TrainingLoop;
import org.plumbline.training.check.CheckedRows;
import org.plumbline.training.check.CheckedStage;
import org.plumbline.training.check.EndTokens;
import org.plumbline.training.check.PlannedModel;
import org.plumbline.training.memory.PlannedStage;
import org.plumbline.training.memory.StageMemory;
import org.plumbline.training.memory.TrainingShape;

/** Supervised fine-tuning; leaves a Hugging Face folder (full) or a PEFT folder (lora). */
public final class SftStage implements CheckedStage<SftConfig>, PlannedStage<SftConfig> {
  @Override
  public String kind() {
    return "sft";
  }

  @Override
  public Class<SftConfig> configType() {
    return SftConfig.class;
  }

  @Override
  public List<StageInput> inputs(SftConfig config) {
    return Stream.concat(
            Stream.of(
                new StageInput("model", config.model()), new StageInput("data", config.data())),
            config.heldOut().stream()
                .map(set -> new StageInput("held_out." + set.name(), set.data())))
        .toList();
  }

  @Override
  public void validate(SftConfig config, ValidationContext context) {
    context.readAhead(
        config.model(),
        folder -> {
          ModelArtifacts.requireWhole(folder);
          config.tokenizerChanges().requireFits(folder);
        });
    context.readAhead(config.data(), source -> data(source, config, 0));
    for (HeldOutConfig set : config.heldOut()) {
      context.readAhead(set.data(), place -> SftHeldOut.texts(config, set, place, 0));
    }
  }

  @Override
  public List<StageInput> checkedInputs(SftConfig config) {
    return inputs(config).stream().filter(input -> !input.key().startsWith("held_out")).toList();
  }

  @Override
  public Optional<String> tokenizerFrom(SftConfig config) {
    return Optional.of(config.model());
  }

  @Override
  public TokenizerChanges tokenizerChanges(SftConfig config) {
    return config.tokenizerChanges();
  }

  @Override
  public CheckedRows check(SftConfig config, Function<String, Path> resolve, long seed)
      throws IOException {
    Path source = resolve.apply(config.data());
    Path folder = resolve.apply(config.model());
    ModelArtifacts.requireWhole(folder);
    try (ChatEncoder encoder = PlannedModel.encoder(folder, config.tokenizerChanges())) {
      return new SftCheck(config, encoder)
          .of(data(source, config, seed).train(), TrainingTexts.emptyAnswers(source));
    }
  }

  @Override
  public TransformerConfig leaves(SftConfig config, Function<String, TransformerConfig> models) {
    return models.apply(config.model());
  }

  @Override
  public StageMemory memory(SftConfig config, Function<String, TransformerConfig> models) {
    TrainingConfig training = config.training();
    return StageMemory.of(
        TrainingShape.ofRows(
                models.apply(config.model()),
                config.tuning(),
                config.dtype().dtype(),
                training,
                config.maxLength())
            .with(config.packing(), training.keepBest() && config.validationShare() > 0),
        true);
  }

  private static DataSplit<Demonstration> data(Path source, SftConfig config, long seed)
      throws IOException {
    DataSplit<Demonstration> data =
        TrainingTexts.demonstrations(source, config.validationShare(), seed);
    if (data.train().isEmpty()) {
      throw new UserException(
          "data=%s holds no demonstration to learn from".formatted(config.data()));
    }
    return data;
  }

  @Override
  public Map<String, Object> run(SftConfig config, RunContext context) throws IOException {
    DataSplit<Demonstration> data = data(context.resolve(config.data()), config, context.seed());
    Path folder = context.resolve(config.model());
    ModelArtifacts.requireWhole(folder);
    LoadOptions options = config.tuning().options(config.dtype(), context.device());
    TokenizerChanges changes = config.tokenizerChanges();
    ModelArtifacts.sayTemplate(changes, folder, context);
    try (ModelBundle bundle =
        changes.isNone()
            ? ModelBundle.open(folder, options)
            : ModelBundle.changed(folder, changes, context.directory(), options)) {
      boolean embedded = config.tuning().isFull() || !config.tuning().modulesToSave().isEmpty();
      if (!embedded && !config.newTokens().isEmpty()) {
        context.warn(
            "%s: new_tokens travel with the adapter, but method: %s does not train their embeddings; modules_to_save with the embeddings and the output head, or method: full does"
                .formatted(context.stageName(), config.tuning().chosen().key()));
      }
      return train(config, context, data, bundle);
    }
  }

  private static Map<String, Object> train(
      SftConfig config, RunContext context, DataSplit<Demonstration> data, ModelBundle bundle)
      throws IOException {
    DemonstrationEncoder encoder = config.encoder(bundle.encoder());
    SftRows train = SftRows.of(data.train(), encoder, config.maxLength(), context);
    SftRows validation = SftRows.of(data.validation(), encoder, config.maxLength(), context);
    EndTokens ends = EndTokens.of(train.kept(), bundle.encoder());
    ends.fault().ifPresent(fault -> context.warn(context.stageName() + ": " + fault));
    BatchOptions options =
        new BatchOptions(
            config.training().rowsAtOnce(),
            config.packing() ? config.maxLength() : 0,
            bundle.encoder().stopIds(),
            config.tokenLoss());
    List<Adapter> active =
        config
            .tuning()
            .begin(
                bundle.model(),
                bundle.encoder().tokenizer(),
                "sft",
                Extras.NONE,
                config.training().totalSteps(train.kept().size()),
                RandomStreams.address(context.seed(), context.stageName() + ".lora"));
    LanguageModelObjective objective = new LanguageModelObjective(bundle.model(), active, options);
    HeldOutSets heldOut =
        new HeldOutSets(
            SftHeldOut.of(config, encoder, context),
            new SequenceLosses(bundle.model(), active, config.training().rowsAtOnce()),
            context.directory());
    try (TrainingLoop<EncodedDialogue> loop =
        new TrainingLoop<>(
            config.training(),
            bundle.model(),
            objective,
            context,
            train.kept(),
            validation.kept(),
            active,
            config.tuning().rateRatio())) {
      if (!config.heldOut().isEmpty()) {
        loop.beside(heldOut);
      }
      Map<String, Object> summary = new LinkedHashMap<>(loop.run());
      summary.put("parameters", objective.parameters().stream().mapToLong(Parameter::size).sum());
      summary.put("answers_cut", train.cut() + validation.cut());
      summary.put("rows_without_loss", train.withoutLoss() + validation.withoutLoss());
      summary.put("eos_trained", ends.trained());
      if (!config.heldOut().isEmpty()) {
        summary.putAll(heldOut.finish(((Number) summary.getOrDefault("steps", 0)).longValue()));
      }
      if (active.isEmpty()) {
        ModelArtifacts.saveModel(bundle.model(), bundle.encoder(), context.directory());
      } else {
        ModelArtifacts.saveAdapter(
            bundle.model(), active.get(0), bundle.encoder(), bundle.base(), context.directory());
      }
      return summary;
    }
  }
}
