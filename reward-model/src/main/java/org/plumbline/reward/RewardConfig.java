package org.plumbline.reward;

import java.util.List;
import java.util.Optional;
import org.plumbline.model.chat.TokenizerChanges;
import org.plumbline.stage.config.Alias;
import org.plumbline.stage.config.Check;
import org.plumbline.stage.config.Default;
import org.plumbline.stage.config.Inline;
import org.plumbline.training.ModelArtifacts;
import org.plumbline.training.Precision;
import org.plumbline.training.TrainingConfig;
import org.plumbline.training.TuningMethod;
import org.plumbline.training.TuningSettings;

/**
 * A reward model from preference pairs.
 *
 * @param model the start, usually the SFT model
 * @param pairs a preferences or ai-feedback artifact, or a .jsonl file
 * @param tuning which tensors are trained; all, where nothing is said
 * @param template name of a built-in chat template for a folder without one
 * @param replaceTemplate true where that template may take the place of the folder's own
 * @param maxLength most tokens of prompt and answer; the prompt is cut from its left
 * @param useMargin true to ask for the lead that the pairs give
 * @param centerRewards coefficient of the pull of rewards to a zero mean
 * @param part which of the pairs to learn from: all, or one of two halves that share no prompt
 * @param folds beside the final model, that many models each tested on the prompts it never saw; 0
 *     for none
 * @param validationShare of a file's prompts held out
 * @param testShare of a file's prompts reported on
 * @param dtype computation in float32 or bfloat16
 */
public record RewardConfig(
    String model,
    String pairs,
    @Inline TuningSettings tuning,
    Optional<String> template,
    @Default("false") boolean replaceTemplate,
    @Default("1024") int maxLength,
    @Default("false") boolean useMargin,
    @Default("0.0") @Alias("center_rewards_coefficient") double centerRewards,
    @Default("all") PairPart part,
    @Default("0") int folds,
    @Default("0.1") double validationShare,
    @Default("0.1") double testShare,
    @Default("float32") Precision dtype,
    @Default("{}") TrainingConfig training) {
  public RewardConfig {
    tuning = tuning.orElse(TuningMethod.FULL);
    Check.notBlank("reward-model.model", model);
    Check.notBlank("reward-model.pairs", pairs);
    template = ModelArtifacts.checkedTemplate("reward-model", template, replaceTemplate);
    Check.atLeast("reward-model.max_length", maxLength, 2);
    Check.nonNegative("reward-model.center_rewards", centerRewards);
    Check.that(
        folds == 0 || folds >= 2,
        () -> "reward-model.folds=%d must be 0 or at least 2".formatted(folds));
    Check.fraction("reward-model.validation_share", validationShare);
    Check.fraction("reward-model.test_share", testShare);
  }

  /** What becomes of the model's tokenizer files before anything is learned. */
  TokenizerChanges tokenizerChanges() {
    return new TokenizerChanges(List.of(), template, replaceTemplate);
  }
}
