package org.plumbline.sft.classify;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.plumbline.stage.config.Check;
import org.plumbline.stage.config.Default;
import org.plumbline.stage.config.Inline;
import org.plumbline.training.Precision;
import org.plumbline.training.TrainingConfig;
import org.plumbline.training.TuningMethod;
import org.plumbline.training.TuningSettings;

/**
 * A supervised task.
 *
 * @param data a sample world's artifact, a folder with train.jsonl, or a .jsonl file
 * @param task what is predicted
 * @param model a stage's model or a Hugging Face folder; absent: a new encoder of {@code size}
 * @param size of a new encoder
 * @param labels names of the classes, or the IOB2 tags, in the order of the outputs; empty: those
 *     of the data, sorted
 * @param classWeights factors on the loss of classes; 1 where silent
 * @param tuning which tensors are trained; all, where nothing is said
 * @param maxLength most tokens of a row, and never more than the model's positions
 * @param docStride tokens that two windows of a long context share (question_answering)
 * @param maxAnswerLength most tokens of an answer (question_answering)
 * @param validationShare of a file's rows held out to choose the weights
 * @param testShare of a file's rows reported on
 * @param resamples bootstrap draws behind each interval
 * @param dtype computation in float32 or bfloat16
 */
public record ClassifyConfig(
    String data,
    ClassifyTask task,
    Optional<String> model,
    @Default("{}") NewEncoderConfig size,
    List<String> labels,
    Map<String, Double> classWeights,
    @Inline TuningSettings tuning,
    @Default("256") int maxLength,
    @Default("64") int docStride,
    @Default("30") int maxAnswerLength,
    @Default("0.1") double validationShare,
    @Default("0.1") double testShare,
    @Default("2000") int resamples,
    @Default("float32") Precision dtype,
    @Default("{}") TrainingConfig training) {
  public ClassifyConfig {
    tuning = tuning.orElse(TuningMethod.FULL);
    Check.notBlank("classify.data", data);
    boolean answers = task == ClassifyTask.QUESTION_ANSWERING;
    Check.that(
        !answers || labels.isEmpty() && classWeights.isEmpty(),
        () ->
            "classify.task=question_answering has no classes; leave labels and class_weights out");
    Check.that(
        new HashSet<>(labels).size() == labels.size(),
        () -> "classify.labels=%s must differ from each other".formatted(labels));
    classWeights.forEach(
        (label, weight) -> Check.positive("classify.class_weights." + label, weight));
    TuningMethod method = tuning.chosen();
    Check.that(
        method == TuningMethod.FULL || model.isPresent(),
        () ->
            "classify.method=%s needs classify.model; a new encoder has nothing to adapt"
                .formatted(method.key()));
    Check.atLeast("classify.max_length", maxLength, 8);
    Check.nonNegative("classify.doc_stride", docStride);
    Check.positive("classify.max_answer_length", maxAnswerLength);
    Check.fraction("classify.validation_share", validationShare);
    Check.fraction("classify.test_share", testShare);
    Check.that(
        validationShare + testShare < 1,
        () ->
            "classify.validation_share=%s and classify.test_share=%s leave nothing to learn from"
                .formatted(validationShare, testShare));
    Check.positive("classify.resamples", resamples);
  }
}
