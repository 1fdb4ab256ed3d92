package org.plumbline.reward;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.plumbline.data.DataSplit;
import org.plumbline.data.PreferencePair;
import org.plumbline.data.PromptSplitter;
import org.plumbline.model.adapter.Adapter;
import org.plumbline.model.adapter.Extras;
import org.plumbline.model.architecture.LoadOptions;
import org.plumbline.model.architecture.TransformerModel;
import org.plumbline.model.chat.ChatEncoder;
import org.plumbline.model.chat.TokenizerChanges;
import org.plumbline.model.config.Head;
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
import org.plumbline.training.check.PlannedModel;
import org.plumbline.training.memory.PlannedStage;
import org.plumbline.training.memory.StageMemory;
import org.plumbline.training.memory.TrainingShape;

/**
 * Trains a reward model; leaves a *ForSequenceClassification folder (full) or a PEFT folder (lora).
 */
public final class RewardStage implements CheckedStage<RewardConfig>, PlannedStage<RewardConfig> {
  @Override
  public String kind() {
    return "reward-model";
  }

  @Override
  public Class<RewardConfig> configType() {
    return RewardConfig.class;
  }

  @Override
  public List<StageInput> inputs(RewardConfig config) {
    return List.of(
        new StageInput("model", config.model()), new StageInput("pairs", config.pairs()));
  }

  @Override
  public void validate(RewardConfig config, ValidationContext context) {
    context.readAhead(
        config.model(),
        folder -> {
          ModelArtifacts.requireWhole(folder);
          config.tokenizerChanges().requireFits(folder);
        });
    context.readAhead(config.pairs(), source -> data(source, config, 0));
  }

  @Override
  public List<StageInput> checkedInputs(RewardConfig config) {
    return inputs(config);
  }

  @Override
  public Optional<String> tokenizerFrom(RewardConfig config) {
    return Optional.of(config.model());
  }

  @Override
  public TokenizerChanges tokenizerChanges(RewardConfig config) {
    return config.tokenizerChanges();
  }

  @Override
  public CheckedRows check(RewardConfig config, Function<String, Path> resolve, long seed)
      throws IOException {
    Path source = resolve.apply(config.pairs());
    Path folder = resolve.apply(config.model());
    ModelArtifacts.requireWhole(folder);
    try (ChatEncoder encoder = PlannedModel.encoder(folder, config.tokenizerChanges())) {
      return new RewardCheck(config, encoder).of(data(source, config, seed).train(), source);
    }
  }

  @Override
  public TransformerConfig leaves(RewardConfig config, Function<String, TransformerConfig> models) {
    TransformerConfig start = models.apply(config.model());
    return start.head() == Head.SEQUENCE_CLASSIFICATION ? start : start.asClassifier(1);
  }

  @Override
  public StageMemory memory(RewardConfig config, Function<String, TransformerConfig> models) {
    TrainingConfig training = config.training();
    return StageMemory.of(
        TrainingShape.ofRows(
                leaves(config, models),
                config.tuning(),
                config.dtype().dtype(),
                training,
                config.maxLength())
            .scored(1, 2)
            .with(false, training.keepBest() && config.validationShare() > 0),
        true);
  }

  private static DataSplit<PreferencePair> data(Path source, RewardConfig config, long seed)
      throws IOException {
    DataSplit<PreferencePair> data = PairData.read(source, config, seed);
    if (data.train().isEmpty()) {
      throw new UserException("pairs=%s holds no pair to learn from".formatted(config.pairs()));
    }
    return data;
  }

  @Override
  public Map<String, Object> run(RewardConfig config, RunContext context) throws IOException {
    DataSplit<PreferencePair> data = data(context.resolve(config.pairs()), config, context.seed());
    Map<String, Object> summary = new LinkedHashMap<>();
    if (config.folds() > 0) {
      outOfFold(config, context, summary);
    }
    try (Training training = new Training(config, context, data.train().size())) {
      summary.putAll(training.fit(data.train(), data.validation(), context));
      training.test(data.test(), context, summary);
      training.save();
    }
    return summary;
  }

  /**
   * Accuracy on prompts never seen, over all pairs: each is held out once; two simple rules beside
   * it.
   */
  private static void outOfFold(
      RewardConfig config, RunContext context, Map<String, Object> summary) throws IOException {
    List<PreferencePair> all =
        PairData.all(context.resolve(config.pairs()), config, context.seed());
    List<PromptSplitter.Fold<PreferencePair>> folds =
        new PromptSplitter(context.seed()).folds(all, PreferencePair::prompt, config.folds());
    long correct = 0;
    long tested = 0;
    SimpleRules rules = new SimpleRules();
    for (int k = 0; k < folds.size(); k++) {
      rules.test(folds.get(k));
      try (FoldContext fold = FoldContext.of(context, k)) {
        Map<String, Object> result = fold.finished();
        if (result.isEmpty()) {
          try (Training training = new Training(config, fold, folds.get(k).train().size())) {
            training.fit(folds.get(k).train(), List.of(), fold);
            training.test(folds.get(k).heldOut(), fold, result);
          }
          fold.finish(result);
        }
        correct += ((Number) result.getOrDefault("test_correct", 0L)).longValue();
        tested += ((Number) result.getOrDefault("test_pairs", 0L)).longValue();
      }
      context.say(
          "%s: fold %d of %d, %d of %d held-out pairs right so far"
              .formatted(context.stageName(), k + 1, folds.size(), correct, tested));
    }
    summary.put("out_of_fold_correct", correct);
    summary.put("out_of_fold_pairs", tested);
    summary.put("out_of_fold_accuracy", (double) correct / tested);
    summary.put("shorter_wins", rules.shorterWins());
    summary.put("bag_of_words", rules.bagOfWords());
  }

  /** A model on its way from the start to a trained scorer. */
  private static final class Training implements AutoCloseable {
    private final RewardConfig config;
    private final RunContext context;
    private final Path base;
    private final TransformerModel model;
    private final ChatEncoder encoder;
    private final List<Adapter> active;

    Training(RewardConfig config, RunContext context, int pairs) {
      this.config = config;
      this.context = context;
      Path folder = context.resolve(config.model());
      ModelArtifacts.requireWhole(folder);
      this.base = folder;
      LoadOptions options = config.tuning().options(config.dtype(), context.device());
      long seed = RandomStreams.address(context.seed(), context.stageName() + ".head");
      this.model = TransformerModel.loadAsScorer(folder, options, seed);
      TokenizerChanges changes = config.tokenizerChanges();
      ModelArtifacts.sayTemplate(changes, folder, context);
      if (changes.isNone()) {
        this.encoder = ChatEncoder.open(folder);
      } else {
        changes.write(folder, context.directory());
        this.encoder = ChatEncoder.open(context.directory(), folder);
      }
      this.active =
          config
              .tuning()
              .begin(
                  model,
                  encoder.tokenizer(),
                  "reward",
                  Extras.head(1),
                  config.training().totalSteps(pairs),
                  seed);
      for (Adapter adapter : active) {
        Parameter head = adapter.head().orElseThrow();
        model.carrier().copy(head.value(), model.scoreHead(List.of()));
        head.changed().run();
      }
    }

    Map<String, Object> fit(
        List<PreferencePair> train, List<PreferencePair> validation, RunContext into)
        throws IOException {
      PairEncoder pairs = new PairEncoder(encoder, config.maxLength());
      PairEncoder.Encoded encoded = pairs.encode(train, context, "training");
      PairwiseObjective objective = new PairwiseObjective(model, active, config);
      try (TrainingLoop<EncodedPair> loop =
          new TrainingLoop<>(
              config.training(),
              model,
              objective,
              into,
              encoded.pairs(),
              pairs.encode(validation, context, "validation").pairs(),
              active,
              config.tuning().rateRatio())) {
        Map<String, Object> summary = new LinkedHashMap<>(loop.run());
        summary.put("parameters", objective.parameters().stream().mapToLong(Parameter::size).sum());
        summary.put("pairs_tied", encoded.ties());
        summary.put("pairs_identical_after_truncation", encoded.identical());
        return summary;
      }
    }

    /** Accuracy and mean lead on held-out pairs. */
    void test(List<PreferencePair> test, RunContext into, Map<String, Object> summary) {
      List<EncodedPair> pairs =
          new PairEncoder(encoder, config.maxLength()).encode(test, into, "test").pairs();
      if (!pairs.isEmpty()) {
        Map<String, Double> means = new PairwiseObjective(model, active, config).evaluate(pairs);
        double accuracy = means.getOrDefault("accuracy", 0.0);
        summary.put("test_pairs", (long) pairs.size());
        summary.put("test_correct", Math.round(accuracy * pairs.size()));
        summary.put("test_accuracy", accuracy);
        summary.put("test_margin", means.getOrDefault("margin", 0.0));
      }
    }

    void save() {
      if (active.isEmpty()) {
        ModelArtifacts.saveModel(model, encoder, context.directory());
      } else {
        ModelArtifacts.saveAdapter(model, active.get(0), encoder, base, context.directory());
      }
    }

    @Override
    public void close() {
      encoder.close();
      model.close();
    }
  }
}
