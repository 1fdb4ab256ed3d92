package org.plumbline.ppo;

import org.plumbline.stage.config.Alias;
import org.plumbline.stage.config.Check;
import org.plumbline.stage.config.Default;
import org.plumbline.stage.config.Inline;
import org.plumbline.training.OptimizerConfig;
import org.plumbline.training.Precision;
import org.plumbline.training.ScheduleConfig;
import org.plumbline.training.TuningMethod;
import org.plumbline.training.TuningSettings;

/**
 * Every knob of the PPO stage.
 *
 * @param policy the model to align, usually the SFT model; frozen it is the reference too
 * @param reward a reward-model stage or folder
 * @param prompts a preferences or sample-world artifact, or a .jsonl file
 * @param tuning of policy and value model, lora where nothing is said; never full, and no dropout,
 *     so that log-probabilities repeat
 * @param value where the value model starts
 * @param updates rollouts, each followed by epochs of updates
 * @param batchSize replies per rollout
 * @param minibatches parts of a rollout that get an optimizer step each
 * @param microBatchSize replies at once in the update; 0 takes the whole minibatch
 * @param epochs passes over a rollout
 * @param learningRate of policy and value adapters
 * @param optimizer update rule
 * @param schedule shape of the rate over the optimizer steps
 * @param maxGradNorm clipping bound, 0 for none
 * @param clipRange ε of the policy ratio
 * @param valueClipRange bound on the move of the value
 * @param valueCoefficient weight of the value loss
 * @param gamma discount
 * @param lambda of GAE
 * @param whitenRewards true to scale per-token rewards to unit variance, mean kept
 * @param missingEndPenalty subtracted from the score of a reply that was cut off
 * @param kl the penalty
 * @param temperature of sampling and of all log-probabilities
 * @param maxNewTokens longest reply
 * @param maxPromptTokens longest prompt; longer ones are cut from their left
 * @param rewardMaxLength most tokens that the reward model reads
 * @param evaluateEvery updates between evaluations on held-out prompts; 0 at the end only
 * @param evaluationPrompts held-out prompts looked at
 * @param checkpointEvery updates between checkpoints
 * @param dtype computation in float32 or bfloat16
 */
public record PpoConfig(
    String policy,
    String reward,
    String prompts,
    @Inline TuningSettings tuning,
    @Default("reward") ValueStart value,
    @Default("100") int updates,
    @Default("64") int batchSize,
    @Default("1") int minibatches,
    @Default("0") int microBatchSize,
    @Default("4") int epochs,
    @Default("1e-4") double learningRate,
    @Default("{}") OptimizerConfig optimizer,
    @Default("{kind: linear}") ScheduleConfig schedule,
    @Default("1.0") double maxGradNorm,
    @Default("0.2") double clipRange,
    @Default("0.2") double valueClipRange,
    @Default("0.1") double valueCoefficient,
    @Default("1.0") double gamma,
    @Default("0.95") double lambda,
    @Default("false") boolean whitenRewards,
    @Default("0.0") double missingEndPenalty,
    @Default("{}") KlConfig kl,
    @Default("1.0") double temperature,
    @Default("64") @Alias("response_length") int maxNewTokens,
    @Default("512") int maxPromptTokens,
    @Default("1024") int rewardMaxLength,
    @Default("10") int evaluateEvery,
    @Default("128") int evaluationPrompts,
    @Default("10") int checkpointEvery,
    @Default("float32") Precision dtype) {
  public PpoConfig {
    Check.notBlank("ppo.policy", policy);
    Check.notBlank("ppo.reward", reward);
    Check.notBlank("ppo.prompts", prompts);
    tuning = tuning.orElse(TuningMethod.LORA);
    TuningSettings given = tuning;
    Check.that(
        !given.isFull(),
        () ->
            "ppo.method=full is not supported: policy and reference share one frozen base; use an adapter such as lora");
    String section = given.chosen() == TuningMethod.ADALORA ? "adalora" : "lora";
    Check.that(
        given.dropout() == 0,
        () ->
            "ppo.%s.dropout=%s must be 0: log-probabilities must repeat between sampling and update"
                .formatted(section, given.dropout()));
    Check.positive("ppo.updates", updates);
    Check.positive("ppo.batch_size", batchSize);
    Check.positive("ppo.minibatches", minibatches);
    if (minibatches > 0 && batchSize > 0) {
      Check.divides("ppo.minibatches", minibatches, "ppo.batch_size", batchSize);
    }
    Check.nonNegative("ppo.micro_batch_size", microBatchSize);
    Check.positive("ppo.epochs", epochs);
    Check.positive("ppo.learning_rate", learningRate);
    Check.nonNegative("ppo.max_grad_norm", maxGradNorm);
    Check.positive("ppo.clip_range", clipRange);
    Check.positive("ppo.value_clip_range", valueClipRange);
    Check.nonNegative("ppo.value_coefficient", valueCoefficient);
    Check.unitInterval("ppo.gamma", gamma);
    Check.unitInterval("ppo.lambda", lambda);
    Check.nonNegative("ppo.missing_end_penalty", missingEndPenalty);
    Check.positive("ppo.temperature", temperature);
    Check.positive("ppo.max_new_tokens", maxNewTokens);
    Check.positive("ppo.max_prompt_tokens", maxPromptTokens);
    Check.positive("ppo.reward_max_length", rewardMaxLength);
    Check.nonNegative("ppo.evaluate_every", evaluateEvery);
    Check.positive("ppo.evaluation_prompts", evaluationPrompts);
    Check.nonNegative("ppo.checkpoint_every", checkpointEvery);
  }

  /** Replies per optimizer step. */
  int minibatchSize() {
    return batchSize / minibatches;
  }

  /** Optimizer steps of the whole stage. */
  long optimizerSteps() {
    return (long) updates * epochs * minibatches;
  }
}
