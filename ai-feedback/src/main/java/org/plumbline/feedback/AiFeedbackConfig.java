package org.plumbline.feedback;

import java.util.Optional;
import org.plumbline.stage.config.Check;
import org.plumbline.stage.config.Default;

/**
 * Every knob of the AI-feedback stage.
 *
 * @param policy model that writes the answers
 * @param prompts artifact or JSON-lines file with the prompts
 * @param maxPrompts use the first so many prompts only
 * @param validationSplit share of the prompts whose pairs are held out for validation
 */
public record AiFeedbackConfig(
    String policy,
    String prompts,
    Optional<Integer> maxPrompts,
    @Default("0.1") double validationSplit,
    JudgeConfig judge,
    @Default("{}") SamplingConfig sampling) {
  public AiFeedbackConfig {
    Check.positive("max_prompts", maxPrompts.orElse(1));
    Check.fraction("validation_split", validationSplit);
  }
}
