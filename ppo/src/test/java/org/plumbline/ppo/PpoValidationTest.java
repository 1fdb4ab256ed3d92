package org.plumbline.ppo;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.plumbline.stage.ValidationContext;
import org.plumbline.stage.config.ConfigReader;
import org.plumbline.stage.config.LocatedYaml;
import org.plumbline.stage.config.YamlNode;

/** Stages of the wrong kind are refused before the first stage runs. */
class PpoValidationTest {
  private static final ValidationContext CONTEXT =
      new ValidationContext() {
        private final Map<String, String> kinds =
            Map.of("sft", "sft", "reward", "reward-model", "world", "sample-world");

        @Override
        public boolean isEarlierStage(String value) {
          return kinds.containsKey(value);
        }

        @Override
        public Optional<String> kindOf(String value) {
          return Optional.ofNullable(kinds.get(value));
        }

        @Override
        public Path path(String value) {
          return Path.of(value);
        }
      };

  private static PpoConfig config(String policy, String reward) {
    YamlNode node =
        LocatedYaml.parse(
            "test", "{policy: %s, reward: %s, prompts: world}".formatted(policy, reward));
    return ConfigReader.read(PpoConfig.class, (YamlNode.Mapping) node, "ppo");
  }

  @Test
  void aLanguageModelIsNoReward() {
    assertThatThrownBy(() -> new PpoStage().validate(config("sft", "sft"), CONTEXT))
        .hasMessage(
            "reward=sft is a stage of kind sft; needed: one of kind reward-model, or a folder");
  }

  @Test
  void aWorldIsNoPolicy() {
    assertThatThrownBy(() -> new PpoStage().validate(config("world", "reward"), CONTEXT))
        .hasMessage(
            "policy=world is a stage of kind sample-world; needed: one of kind ppo or pretrain or"
                + " sft, or a folder");
  }

  @Test
  void rightKindsAndFoldersPass() {
    assertThatCode(() -> new PpoStage().validate(config("sft", "reward"), CONTEXT))
        .doesNotThrowAnyException();
    assertThatCode(() -> new PpoStage().validate(config("models/a", "models/b"), CONTEXT))
        .doesNotThrowAnyException();
  }
}
