package org.plumbline.sft.classify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.plumbline.stage.config.ConfigException;
import org.plumbline.stage.config.ConfigReader;
import org.plumbline.stage.config.LocatedYaml;

/** Every rule of the section has its message. */
class ClassifyConfigTest {
  private static ClassifyConfig read(String yaml) {
    return ConfigReader.read(ClassifyConfig.class, LocatedYaml.parse("test", yaml), "classify");
  }

  private static void refused(String yaml, String message) {
    assertThatThrownBy(() -> read(yaml))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(message);
  }

  @Test
  void aTaskAndDataAreEnough() {
    ClassifyConfig config = read("{data: d, task: question-answering}");
    assertThat(config.task()).isEqualTo(ClassifyTask.QUESTION_ANSWERING);
    assertThat(config.model()).isEmpty();
    assertThat(config.size().mlp()).isEqualTo(512);
    assertThat(read("{data: d, task: token, class_weights: {O: 0.5}}").classWeights())
        .containsEntry("O", 0.5);
  }

  @Test
  void everyRuleIsNamed() {
    refused("{data: ' ', task: token}", "classify.data=\" \" must not be blank");
    refused(
        "{data: d, task: question_answering, labels: [a, b]}",
        "classify.task=question_answering has no classes; leave labels and class_weights out");
    refused(
        "{data: d, task: sequence, labels: [a, a]}",
        "classify.labels=[a, a] must differ from each other");
    refused(
        "{data: d, task: sequence, class_weights: {a: 0}}",
        "classify.class_weights.a=0 must be positive");
    refused(
        "{data: d, task: sequence, method: lora}",
        "classify.method=lora needs classify.model; a new encoder has nothing to adapt");
    refused("{data: d, task: token, max_length: 7}", "classify.max_length=7 must be at least 8");
    refused(
        "{data: d, task: token, doc_stride: -1}", "classify.doc_stride=-1 must not be negative");
    refused(
        "{data: d, task: token, max_answer_length: 0}",
        "classify.max_answer_length=0 must be positive");
    refused(
        "{data: d, task: token, validation_share: 1}",
        "classify.validation_share=1 must be at least 0 and below 1");
    refused(
        "{data: d, task: token, validation_share: 0.5, test_share: 0.5}",
        "classify.validation_share=0.5 and classify.test_share=0.5 leave nothing to learn from");
    refused("{data: d, task: token, resamples: 0}", "classify.resamples=0 must be positive");
    refused("{data: d, task: word}", "task");
  }

  @Test
  void everyRuleOfANewEncoderIsNamed() {
    String size = "{data: d, task: token, size: {%s}}";
    refused(size.formatted("vocab_size: 261"), "size.vocab_size=261 must be at least 262");
    refused(size.formatted("hidden_size: 0"), "size.hidden_size=0 must be positive");
    refused(
        size.formatted("intermediate_size: -1"), "size.intermediate_size=-1 must not be negative");
    refused(size.formatted("layers: 0"), "size.layers=0 must be positive");
    refused(size.formatted("heads: 0"), "size.heads=0 must be positive");
    refused(size.formatted("heads: 3"), "size.heads=3 does not divide size.hidden_size=128");
    refused(size.formatted("max_positions: 7"), "size.max_positions=7 must be at least 8");
  }
}
