package org.plumbline.pipeline.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Every kind of stage on a model of a few thousand weights: seconds, not results. */
final class TinyRecipe {
  /** The stages in the order in which they run. */
  static final List<String> STAGES =
      List.of("world", "pretrain", "sft", "pairs", "reward", "ppo", "ai-pairs", "evaluate");

  static final int STEPS = 14;
  static final int UPDATES = 7;

  private static final String TRAINERS =
      """
      run: {name: tiny, seed: 11}
      stages:
        - sample-world: {name: world, corpus: 60, demonstrations: 40, pairs: 40, test_pairs: 8, prompts: 24, validation_prompts: 4, test_prompts: 4}
        - pretrain:
            data: world
            size: {vocab_size: 400, hidden_size: 16, layers: 1, heads: 2}
            training: {steps: 6, batch_size: 4, learning_rate: 1e-2, evaluate_every: 3, evaluation_rows: 4, checkpoint_every: 2}
        - sft:
            model: pretrain
            data: world
            method: lora
            lora: {rank: 2, alpha: 4, dropout: 0.1}
            training: {steps: %1$d, batch_size: 4, micro_batch_size: 2, learning_rate: 1e-2, evaluate_every: 4, evaluation_rows: 4, checkpoint_every: 3, optimizer: {kind: adamw}}
        - preferences: {name: pairs, source: world}
        - reward-model:
            name: reward
            model: pretrain
            pairs: pairs
            training: {steps: %1$d, batch_size: 4, learning_rate: 1e-2, evaluate_every: 5, evaluation_rows: 4, checkpoint_every: 3}
        - ppo:
            policy: pretrain
            reward: reward
            prompts: pairs
            lora: {rank: 2, alpha: 4}
            kl: {beta: 0.1, target: 1.0, horizon: 100}
            updates: %2$d
            batch_size: 8
            epochs: 2
            learning_rate: 1e-2
            max_new_tokens: 8
            evaluate_every: 2
            evaluation_prompts: 4
            checkpoint_every: 2
      """
          .formatted(STEPS, UPDATES);

  private static final String REST =
      """
        - ai-feedback: {name: ai-pairs, policy: sft, prompts: world, max_prompts: 16, judge: {url: sample-world}, sampling: {max_new_tokens: 8}}
        - evaluate: {models: [pretrain, sft, ppo], baseline: pretrain, world: world, rewards: [reward], max_new_tokens: 8, max_prompts: 8, resamples: 50}
      """;

  private TinyRecipe() {}

  /** The recipe with all stages. */
  static Path whole(Path folder) throws IOException {
    return Files.writeString(folder.resolve("tiny.yaml"), TRAINERS + REST);
  }

  /** Up to PPO: what has checkpoints. */
  static Path trainers(Path folder) throws IOException {
    return Files.writeString(folder.resolve("tiny.yaml"), TRAINERS);
  }
}
