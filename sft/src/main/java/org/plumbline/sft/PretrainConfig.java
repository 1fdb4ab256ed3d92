package org.plumbline.sft;

import java.util.Optional;
import org.plumbline.stage.config.Check;
import org.plumbline.stage.config.Default;
import org.plumbline.training.Precision;
import org.plumbline.training.TrainingConfig;

/**
 * Next-token training on texts: of a new small model, or on from an existing one.
 *
 * @param data texts: a stage's artifact, or a .jsonl file of texts or conversations
 * @param model a folder to go on from; absent: a new model of {@code size}
 * @param size of a new model
 * @param maxLength most tokens of a row; longer texts are cut into rows
 * @param validationShare of the texts held out
 * @param dtype computation in float32 or bfloat16
 */
public record PretrainConfig(
    String data,
    Optional<String> model,
    @Default("{}") NewModelConfig size,
    @Default("256") int maxLength,
    @Default("0.02") double validationShare,
    @Default("float32") Precision dtype,
    @Default("{}") TrainingConfig training) {
  public PretrainConfig {
    Check.notBlank("pretrain.data", data);
    Check.atLeast("pretrain.max_length", maxLength, 2);
    Check.fraction("pretrain.validation_share", validationShare);
  }
}
