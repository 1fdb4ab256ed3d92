package org.plumbline.ppo;

import java.util.ArrayList;
import java.util.List;
import org.plumbline.model.architecture.TransformerModel;
import org.plumbline.model.config.TransformerConfig;
import org.plumbline.training.TuningSettings;
import org.plumbline.training.memory.MemoryPlan;
import org.plumbline.training.memory.SamplingMemory;
import org.plumbline.training.memory.StageMemory;
import org.plumbline.training.memory.TrainingMemory;
import org.plumbline.training.memory.TrainingShape;
import org.plumbline.training.memory.WeightBytes;

/**
 * Memory of a PPO stage: two frozen bases, of which the policy's is the reference too, and two
 * adapters.
 *
 * @param policy the update's pass over the policy
 * @param value its pass over the value model
 * @param reward the base of the reward model
 * @param prompt tokens of the longest prompt
 * @param reply tokens of the longest reply
 * @param replies of a rollout
 */
record PpoMemory(
    TrainingShape policy,
    TrainingShape value,
    TransformerConfig reward,
    int prompt,
    int reply,
    int replies) {
  static PpoMemory of(PpoConfig config, TransformerConfig policy, TransformerConfig reward) {
    int prompt = config.maxPromptTokens();
    int reply = config.maxNewTokens();
    TransformerConfig value = config.value() == ValueStart.REWARD ? reward : policy;
    return new PpoMemory(
        shape(config, config.tuning(), policy, TrainingShape.Output.LOG_PROBS),
        shape(config, config.tuning().withoutModules(), value, TrainingShape.Output.SCORES),
        reward,
        prompt,
        reply,
        config.batchSize());
  }

  private static TrainingShape shape(
      PpoConfig config,
      TuningSettings tuning,
      TransformerConfig model,
      TrainingShape.Output output) {
    int items = config.minibatchSize();
    return new TrainingShape(
        model,
        tuning,
        config.dtype().dtype(),
        config.optimizer(),
        output,
        items,
        config.microBatchSize() > 0 ? Math.min(items, config.microBatchSize()) : items,
        1,
        config.maxPromptTokens() + config.maxNewTokens(),
        config.maxNewTokens(),
        false,
        true);
  }

  StageMemory stage() {
    List<StageMemory.Change> changes = new ArrayList<>();
    for (TrainingShape.Change change : policy.changes("micro_batch_size", true, "")) {
      changes.add(
          new StageMemory.Change(
              change.setting(),
              () ->
                  new PpoMemory(
                          change.of().apply(policy),
                          change.of().apply(value),
                          reward,
                          prompt,
                          reply,
                          replies)
                      .stage()));
    }
    if (prompt >= 64) {
      changes.add(
          new StageMemory.Change("max_prompt_tokens: " + prompt / 2, () -> shorter().stage()));
    }
    return new StageMemory(plan(), changes);
  }

  private PpoMemory shorter() {
    int half = prompt / 2;
    return new PpoMemory(
        policy.shortened(prompt - half),
        value.shortened(prompt - half),
        reward,
        half,
        reply,
        replies);
  }

  private MemoryPlan plan() {
    TrainingMemory actor = new TrainingMemory(policy);
    TrainingMemory critic = new TrainingMemory(value);
    SamplingMemory drawn =
        new SamplingMemory(
            policy.model(),
            policy.compute(),
            replies,
            RolloutCollector.ROWS_AT_ONCE,
            prompt,
            reply);
    // Adapters are merged into a copy for sampling, which lives until the first update.
    WeightBytes base = new WeightBytes(policy.model(), policy.compute());
    boolean merged = actor.mergesForSampling();
    long weights =
        actor.heldWeights()
            + critic.ownWeights()
            + new WeightBytes(reward, policy.compute()).frozen(value.quantised())
            + (merged ? base.merged() : 0);
    long fixed = TrainingMemory.fixed(policy.model());
    long optimizer = actor.optimizer() + critic.optimizer();
    long update =
        TransformerModel.isSmall(policy.model())
            ? actor.step() + critic.step()
            : Math.max(actor.step() + critic.gradients(), actor.gradients() + critic.step());
    long rollout = drawn.cache() + drawn.logits() + drawn.reading();
    return new MemoryPlan(
        weights,
        actor.gradients() + critic.gradients(),
        optimizer,
        Math.max(actor.activations(), critic.activations()),
        drawn.cache(),
        Math.max(actor.logits(), drawn.logits()),
        fixed,
        weights + optimizer + fixed + Math.max(update, rollout));
  }
}
