package org.plumbline.stage.config;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Names that users of TRL, PEFT, transformers and OpenRLHF bring, and the keys here that mean the
 * same. An alias counts in a section only if the section's record has the key it stands for; dotted
 * keys reach into a nested section, the first that exists wins. Only names with the same unit and
 * meaning stand here: {@code adap_kl_ctrl} (a boolean) or {@code warmup_ratio} where steps are
 * asked have no alias. A record adds its own by {@link Alias}.
 */
public final class AliasTable {
  private static final Map<String, List<String>> ALIASES =
      new TreeMap<>(
          Map.ofEntries(
              // transformers.TrainingArguments
              Map.entry("model_name_or_path", List.of("model", "policy")),
              Map.entry(
                  "per_device_train_batch_size", List.of("batch_size", "training.batch_size")),
              Map.entry("train_batch_size", List.of("batch_size", "training.batch_size")),
              Map.entry("num_train_epochs", List.of("training.epochs", "epochs")),
              Map.entry("epochs", List.of("training.epochs")),
              Map.entry("batch_size", List.of("training.batch_size")),
              Map.entry("max_steps", List.of("training.steps", "steps")),
              Map.entry("steps", List.of("training.steps")),
              Map.entry("lr", List.of("learning_rate", "training.learning_rate")),
              Map.entry("learning_rate", List.of("training.learning_rate")),
              Map.entry(
                  "weight_decay",
                  List.of("optimizer.weight_decay", "training.optimizer.weight_decay")),
              Map.entry(
                  "adam_beta1", List.of("beta1", "optimizer.beta1", "training.optimizer.beta1")),
              Map.entry(
                  "adam_beta2", List.of("beta2", "optimizer.beta2", "training.optimizer.beta2")),
              Map.entry(
                  "adam_epsilon",
                  List.of("epsilon", "optimizer.epsilon", "training.optimizer.epsilon")),
              Map.entry("optim", List.of("kind", "optimizer.kind", "training.optimizer.kind")),
              Map.entry(
                  "lr_scheduler_type", List.of("kind", "schedule.kind", "training.schedule.kind")),
              Map.entry(
                  "warmup_steps",
                  List.of("schedule.warmup_steps", "training.schedule.warmup_steps")),
              Map.entry(
                  "warmup_ratio",
                  List.of("schedule.warmup_ratio", "training.schedule.warmup_ratio")),
              Map.entry("max_grad_norm", List.of("training.max_grad_norm")),
              Map.entry("eval_steps", List.of("evaluate_every", "training.evaluate_every")),
              Map.entry("save_steps", List.of("checkpoint_every", "training.checkpoint_every")),
              // TRL data and lengths
              Map.entry("dataset_name", List.of("data", "pairs", "prompts")),
              Map.entry("train_file", List.of("data")),
              Map.entry("loss_type", List.of("loss")),
              Map.entry("label_smoothing_factor", List.of("label_smoothing")),
              Map.entry("max_seq_length", List.of("max_length")),
              Map.entry("max_prompt_length", List.of("max_prompt_tokens")),
              Map.entry("response_length", List.of("max_new_tokens", "generation.max_new_tokens")),
              Map.entry(
                  "max_completion_length", List.of("max_new_tokens", "generation.max_new_tokens")),
              Map.entry("temperature", List.of("generation.temperature")),
              // PEFT Lora, TRL ModelConfig
              Map.entry("r", List.of("rank")),
              Map.entry("lora_r", List.of("rank", "lora.rank")),
              Map.entry("lora_rank", List.of("rank", "lora.rank")),
              Map.entry("lora_alpha", List.of("alpha", "lora.alpha")),
              Map.entry("lora_dropout", List.of("dropout", "lora.dropout")),
              Map.entry("target_modules", List.of("targets", "lora.targets")),
              Map.entry("lora_target_modules", List.of("targets", "lora.targets")),
              Map.entry("use_rslora", List.of("rslora", "lora.rslora", "rank_stabilised")),
              Map.entry(
                  "loraplus_lr_ratio", List.of("learning_rate_ratio", "lora.learning_rate_ratio")),
              Map.entry("use_dora", List.of("dora", "lora.dora")),
              Map.entry("layers_to_transform", List.of("lora.layers")),
              Map.entry("lora_modules_to_save", List.of("modules_to_save")),
              // other methods of PEFT
              Map.entry("init_r", List.of("initial_rank", "adalora.initial_rank")),
              Map.entry("target_r", List.of("target_rank", "adalora.target_rank")),
              Map.entry("orth_reg_weight", List.of("orthogonality", "adalora.orthogonality")),
              Map.entry("feedforward_modules", List.of("feed_forward", "ia3.feed_forward")),
              Map.entry("num_virtual_tokens", List.of("count", "virtual_tokens.count")),
              Map.entry("prompt_tuning_init_text", List.of("text", "virtual_tokens.text")),
              Map.entry(
                  "encoder_hidden_size", List.of("encoder_width", "virtual_tokens.encoder_width")),
              // TRL PPOConfig, OpenRLHF
              Map.entry("sft_model_path", List.of("policy")),
              Map.entry("reward_model_path", List.of("reward")),
              Map.entry("num_ppo_epochs", List.of("ppo_epochs", "epochs")),
              Map.entry("ppo_epochs", List.of("epochs")),
              Map.entry("num_mini_batches", List.of("minibatches")),
              Map.entry("kl_coef", List.of("kl.beta", "beta")),
              Map.entry("init_kl_coef", List.of("kl.beta", "beta")),
              Map.entry("target_kl", List.of("kl.target", "target")),
              Map.entry("kl_horizon", List.of("kl.horizon", "horizon")),
              Map.entry("kl_estimator", List.of("kl.estimator")),
              Map.entry("cliprange", List.of("clip_range", "clip")),
              Map.entry("eps_clip", List.of("clip_range", "clip")),
              Map.entry("cliprange_value", List.of("value_clip_range", "value_clip")),
              Map.entry("vf_coef", List.of("value_coefficient", "value_loss_coefficient")),
              Map.entry("lam", List.of("lambda")),
              Map.entry("lambd", List.of("lambda")),
              Map.entry("whiten_rewards", List.of("whiten_reward")),
              Map.entry("missing_eos_penalty", List.of("missing_end_penalty"))));

  private AliasTable() {}

  /** Dotted keys that the name may stand for, best first; empty for a name without alias. */
  public static List<String> keysFor(String alias) {
    return ALIASES.getOrDefault(alias, List.of());
  }

  /** All rows, sorted by alias, for the documentation. */
  public static Map<String, List<String>> rows() {
    return Map.copyOf(ALIASES);
  }
}
