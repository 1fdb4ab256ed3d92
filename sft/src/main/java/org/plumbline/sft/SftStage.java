package org.plumbline.sft;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.plumbline.data.DataSplit;
import org.plumbline.data.Demonstration;
import org.plumbline.model.architecture.ModelBundle;
import org.plumbline.model.chat.ChatEncoder;
import org.plumbline.model.chat.EncodedDialogue;
import org.plumbline.model.lora.LoraAdapter;
import org.plumbline.model.tensor.Parameter;
import org.plumbline.stage.RandomStreams;
import org.plumbline.stage.RunContext;
import org.plumbline.stage.Stage;
import org.plumbline.stage.StageInput;
import org.plumbline.stage.UserException;
import org.plumbline.stage.ValidationContext;
import org.plumbline.training.ModelArtifacts;
import org.plumbline.training.TrainingLoop;
import org.plumbline.training.TuningMethod;

/** Supervised fine-tuning; leaves a Hugging Face folder (full) or a PEFT folder (lora). */
public final class SftStage implements Stage<SftConfig> {
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
    return List.of(new StageInput("model", config.model()), new StageInput("data", config.data()));
  }

  @Override
  public void validate(SftConfig config, ValidationContext context) {
    context.readAhead(config.model(), ModelArtifacts::requireWhole);
    context.readAhead(config.data(), source -> data(source, config, 0));
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
    boolean full = config.method() == TuningMethod.FULL;
    ModelArtifacts.requireWhole(folder);
    try (ModelBundle bundle =
        ModelBundle.open(folder, ModelArtifacts.options(config.dtype(), full, context.device()))) {
      List<LoraAdapter> active =
          full
              ? List.of()
              : List.of(
                  bundle
                      .model()
                      .addAdapter(
                          "sft",
                          config.lora().toConfig(),
                          0,
                          RandomStreams.address(context.seed(), context.stageName() + ".lora")));
      return train(config, context, data, bundle, active);
    }
  }

  private static Map<String, Object> train(
      SftConfig config,
      RunContext context,
      DataSplit<Demonstration> data,
      ModelBundle bundle,
      List<LoraAdapter> active)
      throws IOException {
    LanguageModelObjective objective =
        new LanguageModelObjective(bundle.model(), active, config.training().rowsAtOnce());
    Rows train = rows(data.train(), bundle.encoder(), config, context);
    Rows validation = rows(data.validation(), bundle.encoder(), config, context);
    try (TrainingLoop<EncodedDialogue> loop =
        new TrainingLoop<>(
            config.training(),
            bundle.model(),
            objective,
            context,
            train.kept(),
            validation.kept())) {
      Map<String, Object> summary = new LinkedHashMap<>(loop.run());
      summary.put("parameters", objective.parameters().stream().mapToLong(Parameter::size).sum());
      summary.put("answers_cut", train.cut() + validation.cut());
      if (active.isEmpty()) {
        ModelArtifacts.saveModel(bundle.model(), bundle.encoder(), context.directory());
      } else {
        ModelArtifacts.saveAdapter(
            bundle.model(), active.get(0), bundle.encoder(), bundle.base(), context.directory());
      }
      return summary;
    }
  }

  /** Encoded rows and how many lost the end of their answer to the length limit. */
  private record Rows(List<EncodedDialogue> kept, int cut) {}

  private static Rows rows(
      List<Demonstration> data, ChatEncoder encoder, SftConfig config, RunContext context) {
    List<EncodedDialogue> kept = new ArrayList<>();
    int cut = 0;
    for (Demonstration row : data) {
      EncodedDialogue whole = encoder.dialogue(ModelArtifacts.messages(row.prompt()), row.answer());
      EncodedDialogue fitted = whole.truncatedTo(config.maxLength());
      int learned = whole.lastAnswerOnly().trainedTokens();
      cut += fitted.lastAnswerOnly().trainedTokens() < learned ? 1 : 0;
      kept.add(fitted);
    }
    if (cut > data.size() / 2) {
      throw new UserException(
          "%d of %d answers are truncated at max_length=%d, their prompts to nothing; such a model never learns to end. Raise max_length"
              .formatted(cut, data.size(), config.maxLength()));
    }
    if (cut > 0) {
      context.warn(
          "%s: %d of %d answers lose their end at max_length=%d"
              .formatted(context.stageName(), cut, data.size(), config.maxLength()));
    }
    return new Rows(kept, cut);
  }
}
