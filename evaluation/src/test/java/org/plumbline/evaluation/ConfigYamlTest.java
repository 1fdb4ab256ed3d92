package org.plumbline.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.plumbline.feedback.AiFeedbackConfig;
import org.plumbline.stage.config.ConfigException;
import org.plumbline.stage.config.ConfigReader;
import org.plumbline.stage.config.LocatedYaml;

/** The sections as a recipe writes them. */
class ConfigYamlTest {
  @Test
  void evaluateSection() {
    EvaluateConfig config =
        ConfigReader.read(
            EvaluateConfig.class,
            LocatedYaml.parse(
                "recipe.yaml",
                """
                models: [sft, human-ppo]
                more_models: [{model: base, name: peft, adapter: adapters/x}]
                baseline: sft
                world: world
                rewards: [human-reward]
                judge: {url: sample-world}
                """),
            "evaluate");

    assertThat(config.entries())
        .extracting(ModelEntry::label)
        .containsExactly("sft", "human-ppo", "peft");
    assertThat(config.resamples()).isEqualTo(2000);
    assertThat(config.judge().orElseThrow().bothOrders()).isTrue();
    assertThat(config.referenceEntry().label()).isEqualTo("sft");
  }

  @Test
  void aiFeedbackSection() {
    AiFeedbackConfig config =
        ConfigReader.read(
            AiFeedbackConfig.class,
            LocatedYaml.parse(
                "recipe.yaml",
                """
                policy: sft
                prompts: world
                judge: {url: "http://localhost:8000/v1", model: judge, retries: 2}
                sampling: {max_new_tokens: 16}
                """),
            "ai-pairs");

    assertThat(config.judge().retries()).isEqualTo(2);
    assertThat(config.judge().criteria()).contains("right given the facts");
    assertThat(config.sampling().maxNewTokens()).isEqualTo(16);
    assertThat(config.validationSplit()).isEqualTo(0.1);
  }

  @Test
  void wrongValuesAreAllReportedWithTheirLines() {
    assertThatThrownBy(
            () ->
                ConfigReader.read(
                    AiFeedbackConfig.class,
                    LocatedYaml.parse(
                        "recipe.yaml",
                        """
                        policy: sft
                        prompts: world
                        judge: {url: "gopher://x", concurency: 3}
                        sampling: {top_p: 2}
                        """),
                    "ai-pairs"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("concurrency")
        .hasMessageContaining("judge.url=gopher://x must be an http or https address")
        .hasMessageContaining("sampling.top_p=2 must be at most 1");
  }
}
