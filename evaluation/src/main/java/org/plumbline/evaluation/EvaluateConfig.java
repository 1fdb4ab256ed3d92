package org.plumbline.evaluation;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.plumbline.feedback.JudgeConfig;
import org.plumbline.stage.config.Check;
import org.plumbline.stage.config.Default;

/**
 * Every knob of the evaluation stage.
 *
 * @param models artifacts or model folders to measure, the baseline among them
 * @param moreModels models that need a name or an adapter given apart
 * @param baseline name of the model that win rates and changes are against, usually SFT
 * @param reference model that the KL divergence is measured from; the baseline if absent
 * @param world sample-world artifact, for the truth and its held-out prompts
 * @param prompts artifact or JSON-lines file of prompts, when not the world's
 * @param maxPrompts use about the first so many prompts; paired prompts stay together
 * @param samples replies per prompt
 * @param maxNewTokens bound on a reply, the end token included
 * @param temperature at which replies are drawn; KL is always that of the models at temperature 1
 * @param rewards reward-model artifacts to score replies with
 * @param judge a judge to compare each model's replies with the baseline's
 * @param resamples bootstrap draws behind each interval
 */
public record EvaluateConfig(
    List<String> models,
    List<ModelEntry> moreModels,
    String baseline,
    Optional<String> reference,
    Optional<String> world,
    Optional<String> prompts,
    Optional<Integer> maxPrompts,
    @Default("1") int samples,
    @Default("32") int maxNewTokens,
    @Default("1") double temperature,
    List<String> rewards,
    Optional<JudgeConfig> judge,
    @Default("2000") int resamples) {
  public EvaluateConfig {
    models = List.copyOf(models);
    moreModels = List.copyOf(moreModels);
    rewards = List.copyOf(rewards);
    List<String> labels = labels(models, moreModels);
    Check.that(!labels.isEmpty(), () -> "models=[] must not be empty");
    Set<String> seen = new HashSet<>();
    for (String label : labels) {
      Check.that(seen.add(label), () -> "models=%s holds \"%s\" twice".formatted(labels, label));
    }
    Check.that(
        labels.contains(baseline),
        () -> "baseline=%s must be one of the models %s".formatted(baseline, labels));
    Check.that(
        world.isPresent() || prompts.isPresent(),
        () -> "prompts is missing; needs prompts, or a sample world under world");
    Check.positive("max_prompts", maxPrompts.orElse(1));
    Check.positive("samples", samples);
    Check.positive("max_new_tokens", maxNewTokens);
    Check.nonNegative("temperature", temperature);
    Check.positive("resamples", resamples);
  }

  private static List<String> labels(List<String> models, List<ModelEntry> more) {
    return entries(models, more).map(ModelEntry::label).toList();
  }

  private static Stream<ModelEntry> entries(List<String> models, List<ModelEntry> more) {
    return Stream.concat(models.stream().map(ModelEntry::of), more.stream());
  }

  /** All models, in the order given. */
  public List<ModelEntry> entries() {
    return entries(models, moreModels).toList();
  }

  /** The model with this label. */
  ModelEntry entry(String label) {
    return entries().stream().filter(e -> e.label().equals(label)).findFirst().orElseThrow();
  }

  /** The model that KL is measured from. */
  ModelEntry referenceEntry() {
    return reference.map(ModelEntry::of).orElseGet(() -> entry(baseline));
  }
}
