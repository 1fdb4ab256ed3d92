package org.plumbline.ppo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.plumbline.stage.config.ConfigException;
import org.plumbline.stage.config.ConfigReader;
import org.plumbline.stage.config.LocatedYaml;

/** Keys of the ppo section: defaults, derived numbers, messages. */
class PpoConfigTest {
  private static PpoConfig config(String more) {
    return ConfigReader.read(
        PpoConfig.class,
        LocatedYaml.parse("test", "{policy: sft, reward: rm, prompts: data%s}".formatted(more)),
        "ppo");
  }

  private static void refused(String more, String message) {
    assertThatThrownBy(() -> config(more))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(message);
  }

  @Test
  void defaultsAreThoseOfTheField() {
    PpoConfig config = config("");
    assertThat(config.epochs()).isEqualTo(4);
    assertThat(config.minibatches()).isEqualTo(1);
    assertThat(config.clipRange()).isEqualTo(0.2);
    assertThat(config.valueClipRange()).isEqualTo(0.2);
    assertThat(config.valueCoefficient()).isEqualTo(0.1);
    assertThat(config.gamma()).isEqualTo(1);
    assertThat(config.lambda()).isEqualTo(0.95);
    assertThat(config.value()).isEqualTo(ValueStart.REWARD);
    assertThat(config.kl().controller()).isEqualTo(new FixedKl(0.05));
  }

  @Test
  void sizesFollowFromTheKeys() {
    PpoConfig config = config(", updates: 10, batch_size: 64, minibatches: 4, epochs: 2");
    assertThat(config.minibatchSize()).isEqualTo(16);
    assertThat(config.optimizerSteps()).isEqualTo(80);
    assertThat(config(", kl: {target: 6, beta: 0.1}").kl().controller())
        .isEqualTo(new AdaptiveKl(0.1, 6, 10_000));
  }

  @Test
  void messagesNameKeyValueAndRule() {
    refused(
        ", batch_size: 10, minibatches: 4", "ppo.minibatches=4 does not divide ppo.batch_size=10");
    refused(
        ", lora: {dropout: 0.1}",
        "ppo.lora.dropout=0.1 must be 0: log-probabilities must repeat between sampling and update");
    refused(
        ", method: adalora, adalora: {dropout: 0.1}",
        "ppo.adalora.dropout=0.1 must be 0: log-probabilities must repeat between sampling and update");
    refused(
        ", method: full",
        "ppo.method=full is not supported: policy and reference share one frozen base; use an adapter such as lora");
    refused(", temperature: 0", "ppo.temperature=0 must be positive");
    refused(", lambda: 1.5", "ppo.lambda=1.5 must lie between 0 and 1");
    refused(", clip_range: 0", "ppo.clip_range=0 must be positive");
    refused(", missing_end_penalty: -1", "ppo.missing_end_penalty=-1 must not be negative");
    refused(", kl: {target: 0}", "kl.target=0 must be positive");
    refused(", kl: {beta: -0.1}", "kl.beta=-0.1 must not be negative");
    refused(", evaluation_prompts: 0", "ppo.evaluation_prompts=0 must be positive");
  }
}
