package org.plumbline.evaluation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.plumbline.data.PreferencePair;
import org.plumbline.data.Prompt;
import org.plumbline.data.format.PairReader;
import org.plumbline.data.format.PromptReader;
import org.plumbline.data.preferences.PreferencesFiles;
import org.plumbline.data.world.truth.TruthScorer;
import org.plumbline.stage.RunContext;
import org.plumbline.stage.Stage;
import org.plumbline.stage.StageInput;
import org.plumbline.stage.UserException;
import org.plumbline.stage.ValidationContext;
import org.plumbline.stage.statistics.Bootstrap;

/**
 * Measures models on held-out prompts; writes {@code evaluation.json} and {@code samples.jsonl}.
 */
public final class EvaluateStage implements Stage<EvaluateConfig> {
  private final EvaluationModels models;

  /** The stage; the port loads policies and reward models. */
  public EvaluateStage(EvaluationModels models) {
    this.models = models;
  }

  @Override
  public String kind() {
    return "evaluate";
  }

  @Override
  public Class<EvaluateConfig> configType() {
    return EvaluateConfig.class;
  }

  @Override
  public List<StageInput> inputs(EvaluateConfig config) {
    List<StageInput> inputs = new ArrayList<>();
    for (ModelEntry entry : config.entries()) {
      inputs.add(new StageInput("models." + entry.label(), entry.model()));
      entry
          .adapter()
          .ifPresent(a -> inputs.add(new StageInput("models." + entry.label() + ".adapter", a)));
    }
    config.reference().ifPresent(value -> inputs.add(new StageInput("reference", value)));
    config.world().ifPresent(value -> inputs.add(new StageInput("world", value)));
    config.prompts().ifPresent(value -> inputs.add(new StageInput("prompts", value)));
    config.rewards().forEach(value -> inputs.add(new StageInput("rewards." + value, value)));
    return List.copyOf(inputs);
  }

  @Override
  public void validate(EvaluateConfig config, ValidationContext context) {
    context.readAhead(promptSource(config), EvaluateStage::prompts);
  }

  private static String promptSource(EvaluateConfig config) {
    return config.prompts().or(config::world).orElseThrow();
  }

  @Override
  public Map<String, Object> run(EvaluateConfig config, RunContext context) throws IOException {
    Optional<TruthScorer> truth = config.world().map(context::resolve).map(TruthScorer::open);
    HeldOut heldOut =
        HeldOut.of(
            prompts(context.resolve(promptSource(config))), config.maxPrompts(), config.samples());
    Measurement.Result measured =
        new Measurement(models, config, context, heldOut, cleanPairs(config, context), truth).run();
    Measured baseline =
        measured.models().stream()
            .filter(model -> model.label().equals(config.baseline()))
            .findFirst()
            .orElseThrow();
    Figures figures =
        new Figures(heldOut, new Bootstrap(context.seed(), config.resamples()), baseline);
    List<EvaluateMetrics> metrics = measured.models().stream().map(figures::of).toList();
    EvaluationFile.write(context.directory(), config, heldOut, context.seed(), metrics, measured);
    Map<String, Object> summary = summary(heldOut, metrics);
    measured
        .rewardAccuracy()
        .forEach((name, rate) -> summary.put(name + ".accuracy", rate.value()));
    return summary;
  }

  private static List<Prompt> prompts(Path source) throws IOException {
    Path file = Files.isDirectory(source) ? source.resolve(PreferencesFiles.TEST_PROMPTS) : source;
    List<Prompt> prompts = PromptReader.read(file).rows();
    if (prompts.isEmpty()) {
      throw new UserException(file + " holds no prompts; at least one is needed");
    }
    return prompts;
  }

  /** Held-out pairs beside the prompts: clean ones where the source is a sample world. */
  private static List<PreferencePair> cleanPairs(EvaluateConfig config, RunContext context)
      throws IOException {
    Path source = context.resolve(config.world().or(config::prompts).orElseThrow());
    Path file = source.resolve(PreferencesFiles.TEST_PAIRS);
    return Files.isRegularFile(file) ? PairReader.read(file).rows() : List.of();
  }

  /** Flat figures for the manifest: {@code MODEL.good_rate} and the like. */
  private static Map<String, Object> summary(HeldOut heldOut, List<EvaluateMetrics> metrics) {
    Map<String, Object> summary = new LinkedHashMap<>();
    summary.put("prompts", heldOut.prompts().size());
    for (EvaluateMetrics model : metrics) {
      String name = model.model().label() + ".";
      model.numbers().forEach((key, interval) -> putFinite(summary, name + key, interval.value()));
      model
          .winRates()
          .forEach(
              (key, rate) -> putFinite(summary, name + "win_rate/" + key, rate.rate().value()));
      model
          .groups()
          .forEach((key, rates) -> putFinite(summary, name + "gap/" + key, rates.gap().value()));
    }
    return summary;
  }

  private static void putFinite(Map<String, Object> summary, String key, double value) {
    if (Double.isFinite(value)) {
      summary.put(key, value);
    }
  }
}
