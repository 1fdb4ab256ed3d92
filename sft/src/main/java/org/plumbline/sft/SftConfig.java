package org.plumbline.sft;

import org.plumbline.stage.config.Check;
import org.plumbline.stage.config.Default;
import org.plumbline.training.LoraSettings;
import org.plumbline.training.Precision;
import org.plumbline.training.TrainingConfig;
import org.plumbline.training.TuningMethod;

/**
 * Supervised fine-tuning on answers.
 *
 * @param model a stage's model or a Hugging Face folder
 * @param data demonstrations: a stage's artifact or a .jsonl file
 * @param method full or lora
 * @param lora the adapter, read for method lora
 * @param maxLength most tokens of a row; the prompt is cut first
 * @param validationShare of a file's rows held out; artifacts bring their own split
 * @param dtype computation in float32 or bfloat16
 */
public record SftConfig(
    String model,
    String data,
    @Default("full") TuningMethod method,
    @Default("{}") LoraSettings lora,
    @Default("1024") int maxLength,
    @Default("0.05") double validationShare,
    @Default("float32") Precision dtype,
    @Default("{}") TrainingConfig training) {
  public SftConfig {
    Check.notBlank("sft.model", model);
    Check.notBlank("sft.data", data);
    Check.atLeast("sft.max_length", maxLength, 2);
    Check.fraction("sft.validation_share", validationShare);
  }
}
