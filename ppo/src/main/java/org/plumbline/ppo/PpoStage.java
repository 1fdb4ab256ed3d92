package org.plumbline.ppo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.plumbline.data.DataSplit;
import org.plumbline.data.Prompt;
import org.plumbline.data.PromptSplitter;
import org.plumbline.data.SplitFractions;
import org.plumbline.data.format.PromptReader;
import org.plumbline.model.architecture.ModelBundle;
import org.plumbline.model.config.TransformerConfig;
import org.plumbline.stage.RunContext;
import org.plumbline.stage.StageInput;
import org.plumbline.stage.UserException;
import org.plumbline.stage.ValidationContext;
import org.plumbline.training.ModelArtifacts;
import org.plumbline.training.check.CheckedRows;
import org.plumbline.training.check.CheckedStage;
import org.plumbline.training.memory.PlannedStage;
import org.plumbline.training.memory.StageMemory;

/**
 * Aligns a policy by PPO; leaves a PEFT folder, and the value model's adapter in {@code value/}.
 */
public final class PpoStage implements CheckedStage<PpoConfig>, PlannedStage<PpoConfig> {
  private static final double FILE_HELD_OUT = 0.1;

  @Override
  public String kind() {
    return "ppo";
  }

  @Override
  public Class<PpoConfig> configType() {
    return PpoConfig.class;
  }

  @Override
  public List<StageInput> inputs(PpoConfig config) {
    return List.of(
        new StageInput("policy", config.policy()),
        new StageInput("reward", config.reward()),
        new StageInput("prompts", config.prompts()));
  }

  @Override
  public void validate(PpoConfig config, ValidationContext context) {
    requireKind(context, "reward", config.reward(), Set.of("reward-model"));
    requireKind(context, "policy", config.policy(), Set.of("pretrain", "sft", "ppo"));
    context.readAhead(config.prompts(), source -> prompts(source, config, 0));
  }

  @Override
  public List<StageInput> checkedInputs(PpoConfig config) {
    return List.of(
        new StageInput("policy", config.policy()), new StageInput("prompts", config.prompts()));
  }

  @Override
  public Optional<String> tokenizerFrom(PpoConfig config) {
    return Optional.of(config.policy());
  }

  @Override
  public CheckedRows check(PpoConfig config, Function<String, Path> resolve, long seed)
      throws IOException {
    DataSplit<Prompt> prompts = prompts(resolve.apply(config.prompts()), config, seed);
    return PpoCheck.of(config, prompts.train(), resolve.apply(config.policy()));
  }

  @Override
  public TransformerConfig leaves(PpoConfig config, Function<String, TransformerConfig> models) {
    return models.apply(config.policy());
  }

  @Override
  public StageMemory memory(PpoConfig config, Function<String, TransformerConfig> models) {
    return PpoMemory.of(config, models.apply(config.policy()), models.apply(config.reward()))
        .stage();
  }

  private static void requireKind(
      ValidationContext context, String key, String value, Set<String> kinds) {
    context
        .kindOf(value)
        .filter(kind -> !kinds.contains(kind))
        .ifPresent(
            kind -> {
              throw new UserException(
                  "%s=%s is a stage of kind %s; needed: one of kind %s, or a folder"
                      .formatted(key, value, kind, String.join(" or ", new TreeSet<>(kinds))));
            });
  }

  @Override
  public Map<String, Object> run(PpoConfig config, RunContext context) throws IOException {
    DataSplit<Prompt> prompts = prompts(context.resolve(config.prompts()), config, context.seed());
    try (Agent agent = Agent.open(config, context);
        PpoTrainer trainer =
            new PpoTrainer(config, agent, context, prompts.train(), prompts.validation())) {
      Map<String, Object> summary = trainer.run();
      save(agent, context);
      return summary;
    }
  }

  private static DataSplit<Prompt> prompts(Path source, PpoConfig config, long seed)
      throws IOException {
    DataSplit<Prompt> prompts = split(source, seed);
    if (prompts.train().isEmpty() || prompts.validation().isEmpty()) {
      throw new UserException(
          "prompts=%s holds %d training and %d held-out prompts; at least one of each is needed"
              .formatted(config.prompts(), prompts.train().size(), prompts.validation().size()));
    }
    return prompts;
  }

  private static DataSplit<Prompt> split(Path source, long seed) throws IOException {
    if (Files.isDirectory(source)) {
      return new DataSplit<>(
          PromptReader.read(source.resolve("prompts.train.jsonl")).rows(),
          PromptReader.read(source.resolve("prompts.validation.jsonl")).rows(),
          List.of());
    }
    return new PromptSplitter(seed)
        .split(
            PromptReader.read(source).rows(),
            prompt -> prompt,
            new SplitFractions(FILE_HELD_OUT, 0));
  }

  /** Writes the policy's adapter and, in {@code value/}, the value model's. */
  private static void save(Agent agent, RunContext context) throws IOException {
    ModelBundle policy = agent.policy();
    Path base = baseBeneath(policy, context.directory());
    ModelArtifacts.saveAdapter(
        policy.model(), agent.adapter(), policy.encoder(), base, context.directory());
    Path value = Files.createDirectories(context.directory().resolve("value"));
    ModelBundle reward = agent.reward().bundle();
    boolean onReward = agent.valueModel() == reward.model();
    ModelArtifacts.saveAdapter(
        agent.valueModel(),
        agent.valueAdapter(),
        policy.encoder(),
        onReward ? baseBeneath(reward, value) : base,
        value);
  }

  /**
   * The folder that an adapter on this model names as its base. Where the model has adapters
   * itself, it is written to {@code base/} with them merged, so that the base exists.
   */
  private static Path baseBeneath(ModelBundle bundle, Path directory) throws IOException {
    if (bundle.active().isEmpty()) {
      return bundle.base();
    }
    Path base = Files.createDirectories(directory.resolve("base"));
    bundle.model().saveMerged(base, bundle.active());
    bundle.encoder().tokenizer().copyFiles(base);
    return base;
  }
}
