package org.plumbline.sft;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.plumbline.model.architecture.TokenLoss;
import org.plumbline.model.chat.ChatEncoder;
import org.plumbline.model.chat.ChatMessage;
import org.plumbline.model.chat.MaskPolicy;
import org.plumbline.model.chat.TokenizerChanges;
import org.plumbline.stage.config.Check;
import org.plumbline.stage.config.Default;
import org.plumbline.stage.config.Inline;
import org.plumbline.training.ModelArtifacts;
import org.plumbline.training.Precision;
import org.plumbline.training.TrainingConfig;
import org.plumbline.training.TuningMethod;
import org.plumbline.training.TuningSettings;

/**
 * Supervised fine-tuning on answers.
 *
 * @param model a stage's model or a Hugging Face folder
 * @param data demonstrations: a stage's artifact or a .jsonl file
 * @param tuning which tensors are trained; all, where nothing is said
 * @param newTokens special tokens that the tokenizer gets; their embeddings begin as the mean of
 *     all
 * @param template name of a built-in chat template for a folder without one
 * @param replaceTemplate true where that template may take the place of the folder's own
 * @param trainOn which part of a conversation is learned
 * @param roles whose turns are learned, where single turns are; tool results never are
 * @param loss what is learned at a token
 * @param labelSmoothing share of each target spread evenly over the vocabulary
 * @param packing true to put several rows side by side in one, none seeing another
 * @param maxLength most tokens of a row; the prompt is cut first
 * @param validationShare of a file's rows held out; artifacts bring their own split
 * @param heldOut demonstrations whose perplexity is followed: what is learned, what is forgotten
 * @param dtype computation in float32 or bfloat16
 */
public record SftConfig(
    String model,
    String data,
    @Inline TuningSettings tuning,
    List<String> newTokens,
    Optional<String> template,
    @Default("false") boolean replaceTemplate,
    @Default("last_answer") TrainOn trainOn,
    @Default("[assistant]") List<String> roles,
    @Default("nll") SftLoss loss,
    @Default("0") double labelSmoothing,
    @Default("false") boolean packing,
    @Default("1024") int maxLength,
    @Default("0.05") double validationShare,
    List<HeldOutConfig> heldOut,
    @Default("float32") Precision dtype,
    @Default("{}") TrainingConfig training) {
  public SftConfig {
    tuning = tuning.orElse(TuningMethod.FULL);
    boolean virtual = tuning.hasVirtualTokens();
    Check.notBlank("sft.model", model);
    Check.notBlank("sft.data", data);
    roles = List.copyOf(roles);
    heldOut = HeldOutConfig.distinct("sft", heldOut);
    newTokens = List.copyOf(newTokens);
    Check.that(
        newTokens.stream().noneMatch(String::isBlank),
        () -> "sft.new_tokens holds a blank token; give each a text");
    template = ModelArtifacts.checkedTemplate("sft", template, replaceTemplate);
    List<String> given = roles;
    Check.notEmpty("sft.roles", given);
    for (String role : given) {
      Check.that(
          !MaskPolicy.TOOL_RESULTS.contains(role),
          () ->
              "sft.roles=%s holds %s: results of tools are not written by the model"
                  .formatted(given, role));
    }
    Check.that(
        trainOn != TrainOn.TEXT || given.equals(List.of(ChatMessage.ASSISTANT)),
        () -> "sft.roles=%s is not read with train_on: text; remove it".formatted(given));
    Check.that(
        labelSmoothing >= 0 && labelSmoothing < 1,
        () -> "sft.label_smoothing=%s must be at least 0 and below 1".formatted(labelSmoothing));
    Check.that(
        loss == SftLoss.NLL || labelSmoothing == 0,
        () ->
            "sft.label_smoothing=%s does not go with loss: dft; use one".formatted(labelSmoothing));
    Check.that(
        !packing || !virtual,
        () -> "sft.packing=true has no place for virtual tokens in front of each row; remove one");
    Check.atLeast("sft.max_length", maxLength, 2);
    Check.fraction("sft.validation_share", validationShare);
  }

  /** What becomes of the model's tokenizer files before anything is learned. */
  TokenizerChanges tokenizerChanges() {
    return new TokenizerChanges(newTokens, template, replaceTemplate);
  }

  TokenLoss tokenLoss() {
    return new TokenLoss(loss == SftLoss.DFT, labelSmoothing);
  }

  /** Encodes rows as these keys say. */
  DemonstrationEncoder encoder(ChatEncoder encoder) {
    return new DemonstrationEncoder(encoder, trainOn, Set.copyOf(roles));
  }
}
