package org.plumbline.ppo;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.plumbline.model.adapter.Adapter;
import org.plumbline.model.adapter.Extras;
import org.plumbline.model.architecture.LoadOptions;
import org.plumbline.model.architecture.ModelBundle;
import org.plumbline.model.architecture.TransformerModel;
import org.plumbline.model.tensor.Parameter;
import org.plumbline.reward.RewardModel;
import org.plumbline.stage.RandomStreams;
import org.plumbline.stage.RunContext;
import org.plumbline.stage.UserException;
import org.plumbline.training.TuningSettings;

/**
 * Policy, reference and value model on shared frozen bases. Adapter on: policy; adapter off:
 * reference; the value model is an adapter with a head on the reward model's base or the policy's.
 *
 * @param policy bundle of the policy's base; its {@code active} adapters make the reference
 * @param adapter the policy's trained adapter
 * @param valueModel base of the value model
 * @param valueAdapter its trained adapter with head
 * @param valueActive adapters of the value model, in order
 */
record Agent(
    ModelBundle policy,
    Adapter adapter,
    TransformerModel valueModel,
    Adapter valueAdapter,
    List<Adapter> valueActive,
    RewardModel reward)
    implements AutoCloseable {
  static Agent open(PpoConfig config, RunContext context) {
    LoadOptions options = config.tuning().options(config.dtype(), context.device());
    Path folder = context.resolve(config.policy());
    RewardModel reward =
        RewardModel.open(context.resolve(config.reward()), options, config.rewardMaxLength());
    ModelBundle policy = ModelBundle.open(folder, options);
    // What the stage leaves has them merged in its bases; that they cannot be is said at once.
    requireMergeable("ppo.policy", config.policy(), policy);
    if (config.value() == ValueStart.REWARD) {
      requireMergeable("ppo.reward", config.reward(), reward.bundle());
    }
    TuningSettings tuning = config.tuning();
    long steps = config.optimizerSteps();
    long seed = RandomStreams.address(context.seed(), context.stageName() + ".lora");
    Adapter adapter =
        tuning
            .begin(policy.model(), policy.encoder().tokenizer(), "policy", Extras.NONE, steps, seed)
            .get(0);
    boolean onReward = config.value() == ValueStart.REWARD;
    ModelBundle base = onReward ? reward.bundle() : policy;
    if (onReward) {
      requireSameTokens(config, policy, reward.bundle());
    }
    // modules_to_save are the policy's: a value model has no output head.
    Adapter value =
        tuning
            .withoutModules()
            .begin(
                base.model(), base.encoder().tokenizer(), "value", Extras.head(1), steps, seed + 1)
            .get(0);
    if (onReward) {
      Parameter head = value.head().orElseThrow();
      base.model().carrier().copy(head.value(), base.model().scoreHead(base.active()));
      head.changed().run();
    }
    List<Adapter> valueActive = new ArrayList<>(base.active());
    valueActive.add(value);
    return new Agent(policy, adapter, base.model(), value, List.copyOf(valueActive), reward);
  }

  private static void requireMergeable(String key, String value, ModelBundle bundle) {
    try {
      bundle.model().requireMergeable(bundle.active());
    } catch (IllegalArgumentException e) {
      throw new UserException("%s=%s: %s".formatted(key, value, e.getMessage()), e);
    }
  }

  private static void requireSameTokens(PpoConfig config, ModelBundle policy, ModelBundle reward) {
    String probe = "The quick brown fox? 0123 \u00e9\u4f60";
    boolean same =
        policy.model().config().vocabSize() == reward.model().config().vocabSize()
            && java.util.Arrays.equals(
                policy.encoder().tokenizer().encode(probe, false),
                reward.encoder().tokenizer().encode(probe, false));
    if (!same) {
      throw new UserException(
          "ppo.value=reward needs one tokenizer for policy=%s and reward=%s, but theirs differ; set value: policy"
              .formatted(config.policy(), config.reward()));
    }
  }

  /** Adapters of the policy. */
  List<Adapter> policyActive() {
    List<Adapter> active = new ArrayList<>(policy.active());
    active.add(adapter);
    return List.copyOf(active);
  }

  /** Adapters of the reference. */
  List<Adapter> referenceActive() {
    return policy.active();
  }

  /** All trained tensors: the policy's, then the value model's. */
  List<Parameter> parameters() {
    List<Parameter> all = new ArrayList<>();
    adapter.parameters().forEach(p -> all.add(named("policy/", p)));
    valueAdapter.parameters().forEach(p -> all.add(named("value/", p)));
    return all;
  }

  private static Parameter named(String prefix, Parameter parameter) {
    return new Parameter(prefix + parameter.name(), parameter.value(), parameter.changed());
  }

  @Override
  public void close() {
    policy.close();
    reward.close();
  }
}
